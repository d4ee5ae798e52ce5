import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { needs } from '../../test/support/needs.ts';
import { generateKeyPair } from './key-pair.ts';

test('every key is read by ssh2, whatever bytes it begins with', () => {
  for (let index = 0; index < 600; index++) {
    const pair = generateKeyPair('rehearse demo');
    const key = ssh2.utils.parseKey(pair.private);
    if (key instanceof Error) throw key;
    const blob = key.getPublicSSH().toString('base64');
    expect(pair.public).toBe(`ssh-ed25519 ${blob} rehearse demo`);
    const signature = key.sign('text');
    expect(key.verify('text', signature)).toBe(true);
  }
});

test.skipIf(!needs('ssh-keygen', 'to read keys as OpenSSH does'))('OpenSSH reads every key', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rehearse-keys-'));
  try {
    for (let index = 0; index < 60; index++) {
      const pair = generateKeyPair('c'.repeat(index));
      const path = join(dir, 'key');
      await writeFile(path, pair.private, { mode: 0o600 });
      const { stdout } = await execa('ssh-keygen', ['-y', '-f', path]);
      expect(stdout.trim()).toBe(pair.public.trim());
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});
