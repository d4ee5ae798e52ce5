import { join } from 'node:path';
import { parse } from 'dotenv';
import { NotAFileError, readPlainFile } from '../shared/files/plain-file.ts';
import { registerSecret } from '../shared/text/redact.ts';
import type { Lookup } from './yaml/interpolate.ts';

const LONGEST_BYTES = 1024 ** 2;
/** Names whose values nobody may see, whether the rehearsal uses them or a program of its author's prints them. */
const SECRET_NAME = /PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|PRIVATE|SALT|DSN|DATABASE|CONN/i;

/** What stands in the environment of a rehearsal, and the `.env` that cannot be read for it. */
interface Environment {
  readonly lookup: Lookup;
  /** Absolute paths. */
  readonly notFiles: readonly string[];
}

/**
 * Names from the environment, else from `.env` in the rehearsal's folder, else from `.env` in the caller's folder. Secrets among
 * the values of both files are never shown from here on.
 */
export async function readEnvironment(
  dir: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Environment> {
  const notFiles: string[] = [];
  const [near, far] = [await readDotenv(dir, notFiles), await readDotenv(cwd, notFiles)];
  return { lookup: (name) => own(env, name) ?? own(near, name) ?? own(far, name), notFiles };
}

async function readDotenv(folder: string, notFiles: string[]): Promise<Record<string, string>> {
  const path = join(folder, '.env');
  try {
    const values = parse(await readPlainFile(path, LONGEST_BYTES));
    for (const [name, value] of Object.entries(values)) if (SECRET_NAME.test(name)) registerSecret(value);
    return values;
  } catch (error) {
    if (error instanceof NotAFileError) notFiles.push(path);
    return {}; // a name that is missing because of it is reported where it is used
  }
}

function own(values: NodeJS.ProcessEnv, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
