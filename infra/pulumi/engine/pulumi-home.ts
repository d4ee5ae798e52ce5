import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { EngineFile } from './find-cli.ts';
import { cacheDir, homeDir, type Env } from './places.ts';

const credentialsSchema = z.object({ current: z.string().optional() });

/**
 * The folder of plugins and credentials (PULUMI_HOME). The user's own where they have a Pulumi of their own or are logged
 * in; a CLI that set-up brought along leaves no trace there.
 */
export async function pulumiHome(cli: EngineFile, env: Env): Promise<string> {
  const given = env['PULUMI_HOME'];
  if (given !== undefined && given !== '') return given;
  const users = join(homeDir(env), '.pulumi');
  if (cli.origin === 'path' || (await backendOfLogin(users, env)) !== undefined) return users;
  return join(cacheDir(env), 'pulumi-home');
}

/** The backend of the last `pulumi login`; undefined where nobody is logged in. */
export async function backendOfLogin(home: string, env: Env): Promise<string | undefined> {
  const folder = env['PULUMI_CREDENTIALS_PATH'];
  const file = join(folder !== undefined && folder !== '' ? folder : home, 'credentials.json');
  try {
    const { current } = credentialsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return current === '' ? undefined : current;
  } catch {
    return undefined;
  }
}
