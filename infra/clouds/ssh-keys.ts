import { createHash } from 'node:crypto';

/** `3b:16:…` of an OpenSSH public key line: the MD5 by which clouds know a key, whatever its name. */
export function fingerprintOf(publicKey: string): string {
  const [, blob = ''] = publicKey.trim().split(/\s+/);
  const digest = createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}
