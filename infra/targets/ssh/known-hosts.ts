import { createHmac } from 'node:crypto';

/** Best first: what is asked for of a host that has several. */
const KINDS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];

/**
 * The key that a known_hosts file has of a host, as OpenSSH reads it: hashed names, `[name]:port`, patterns and `@revoked` too.
 * @returns `ssh-ed25519 AAAA…`; undefined where it has none
 */
export function knownKey(text: string, host: string, port: number): string | undefined {
  const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase();
  const found = new Map<string, string>();
  const revoked = new Set<string>();
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
    const [names = '', kind = '', body = ''] = words;
    if (names.startsWith('#') || body === '' || !isNamed(names, name)) continue;
    if (marker === '@revoked') revoked.add(`${kind} ${body}`);
    else if (marker === undefined && !found.has(kind)) found.set(kind, `${kind} ${body}`);
  }
  const keys = KINDS.flatMap((kind) => found.get(kind) ?? []);
  return keys.find((key) => !revoked.has(key));
}

function isNamed(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = names.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  const patterns = names.toLowerCase().split(',');
  if (patterns.some((each) => each.startsWith('!') && matches(each.slice(1), name))) return false;
  return patterns.some((each) => matches(each, name));
}

function matches(pattern: string, name: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(name);
}
