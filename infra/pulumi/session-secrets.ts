import { hkdfSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { registerSecret } from '../../scripts/shared/text/redact.ts';
import type { RunKeys, RunPasswords } from '../environment-plan.ts';
import type { SessionFolder } from './session-folder.ts';
import { generateKeyPair } from '../ssh/key-pair.ts';

const PASSWORD_BYTES = 24;

interface SessionSecrets {
  readonly keys: RunKeys;
  readonly passwords: RunPasswords;
}

/** The key pair and the passwords of the run: made once, the same whenever the same session asks again. */
export async function sessionSecrets(folder: SessionFolder): Promise<SessionSecrets> {
  const keys = (await readKeys(folder)) ?? (await makeKeys(folder));
  // Derived, so that they are stored nowhere but in the stack, as secrets.
  const derived = (use: string): string => {
    const bytes = hkdfSync('sha256', keys.privateKey, folder.runId, use, PASSWORD_BYTES);
    const password = Buffer.from(bytes).toString('base64url');
    registerSecret(password);
    return password;
  };
  return { keys, passwords: { superuser: derived('superuser'), replication: derived('replication') } };
}

async function readKeys(folder: SessionFolder): Promise<RunKeys | undefined> {
  try {
    await readFile(folder.passphrase);
    const publicKey = (await readFile(folder.publicKey, 'utf8')).trim();
    return { publicKey, privateKey: await readFile(folder.privateKey, 'utf8') };
  } catch {
    return undefined;
  }
}

async function makeKeys(folder: SessionFolder): Promise<RunKeys> {
  const pair = generateKeyPair(`rehearse ${folder.runId}`);
  const mode = 0o600;
  await writeFile(folder.privateKey, pair.private, { mode });
  await writeFile(folder.publicKey, `${pair.public}\n`, { mode });
  await writeFile(folder.passphrase, randomBytes(PASSWORD_BYTES).toString('base64url'), { mode });
  return { publicKey: pair.public, privateKey: pair.private };
}
