import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'dotenv';
import type { Lookup } from './interpolate.ts';

/** Names from the environment, else from `.env` in the rehearsal's folder, else from `.env` in the caller's folder. */
export async function readEnvironment(dir: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Lookup> {
  const near = await readDotenv(join(dir, '.env'));
  const far = await readDotenv(join(cwd, '.env'));
  return (name) => own(env, name) ?? own(near, name) ?? own(far, name);
}

async function readDotenv(path: string): Promise<Record<string, string>> {
  try {
    return parse(await readFile(path));
  } catch {
    return {}; // a name that is missing because of it is reported where it is used
  }
}

function own(values: NodeJS.ProcessEnv, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
