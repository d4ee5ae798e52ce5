import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { knownKey } from './known-hosts.ts';

const KEY = 'ssh-ed25519 AAAAC3Nz';

test('a host is known by its name, its pattern and its hash, and at another port by both', () => {
  const salt = Buffer.from('salt of sixteen!').toString('base64');
  const hash = createHmac('sha1', Buffer.from(salt, 'base64')).update('db-2').digest('base64');
  const text = [
    '# db-0 ssh-ed25519 NO',
    `db-1,10.0.0.1 ${KEY} anna`,
    `|1|${salt}|${hash} ${KEY}`,
    `[db-3]:2222 ${KEY}`,
    `*.internal,!x.internal ${KEY}`,
    `@cert-authority db-5 ${KEY}`,
  ].join('\n');
  const known = (host: string, port = 22): string | undefined => knownKey(text, host, port);
  expect([known('db-1'), known('10.0.0.1'), known('DB-2'), known('a.internal')]).toEqual([
    KEY,
    KEY,
    KEY,
    KEY,
  ]);
  expect([known('db-3', 2222), known('db-3'), known('db-1', 2222)]).toEqual([KEY, undefined, undefined]);
  expect([known('db-0'), known('x.internal'), known('db-5')]).toEqual([undefined, undefined, undefined]);
});

test('of several keys the best is asked for, and none that was revoked', () => {
  const text = `a ssh-rsa R\na ecdsa-sha2-nistp256 E\na ssh-ed25519 D\n@revoked a ssh-ed25519 D\n`;
  expect(knownKey(text, 'a', 22)).toBe('ecdsa-sha2-nistp256 E');
});
