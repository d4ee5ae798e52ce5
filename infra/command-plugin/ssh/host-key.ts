import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** The key that a host must show. */
export interface HostKey {
  /** The algorithms with which a host can prove that it has this key. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  readonly blob: Buffer;
}

/**
 * Reads `ssh-ed25519 AAAA… comment`, also with a host before it as in known_hosts.
 * @throws Error that names what is wrong
 */
export function parseHostKey(text: string): HostKey {
  const words = text.trim().split(/\s+/);
  const at = words.findIndex((word) => /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-/.test(word));
  const blob = Buffer.from(words[at + 1] ?? '', 'base64');
  const name = words[at];
  if (name === undefined || blob.subarray(4, 4 + name.length).toString() !== name) {
    throw new Error("connection.hostKey is not a public key such as 'ssh-ed25519 AAAA…'");
  }
  const algorithms = name === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [name];
  return { algorithms: algorithms as ServerHostKeyAlgorithm[], blob };
}

/** `ssh-ed25519 SHA256:…`, as ssh-keygen -l shows it. */
export function fingerprint(blob: Buffer): string {
  const name = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString();
  return `${name} SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
