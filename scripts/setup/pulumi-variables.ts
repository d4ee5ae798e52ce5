import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Engine } from '../../infra/pulumi/engine/find-engine.ts';
import type { Env } from '../../infra/pulumi/engine/places.ts';
import { backendOfLogin } from '../../infra/pulumi/engine/pulumi-home.ts';

const PASSPHRASE_BYTES = 32;

const projectSchema = z.object({ backend: z.object({ url: z.string().optional() }).nullish() });

/**
 * What the CLI is started with in the project at `root`. Where no backend is chosen, the state is kept in the project's own
 * folder `.rehearse`, with a passphrase that was made for it; REHEARSE_DEFAULT_BACKEND tells the program so.
 */
export async function pulumiEnvironment(
  engine: Engine,
  { root, env }: { readonly root: string; readonly env: Env },
): Promise<Record<string, string>> {
  if (await isBackendChosen(engine, root, env)) return { ...engine.env };
  const own = join(root, '.rehearse');
  const backend = join(own, 'backend');
  await mkdir(own, { recursive: true, mode: 0o700 });
  await mkdir(backend, { recursive: true, mode: 0o700 });
  return {
    ...engine.env,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    REHEARSE_DEFAULT_BACKEND: '1',
    ...(await passphrase(join(own, 'passphrase'), env)),
  };
}

async function isBackendChosen(engine: Engine, root: string, env: Env): Promise<boolean> {
  if (isSet(env['PULUMI_BACKEND_URL']) || isSet(env['PULUMI_ACCESS_TOKEN'])) return true;
  if ((await backendOfLogin(engine.home, env)) !== undefined) return true;
  const text = await readFile(join(root, 'Pulumi.yaml'), 'utf8').catch(() => '');
  return isSet(projectSchema.safeParse(parse(text)).data?.backend?.url);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** The user's own passphrase where there is one, also an empty one; else a file, made once. */
async function passphrase(file: string, env: Env): Promise<Record<string, string>> {
  if (env['PULUMI_CONFIG_PASSPHRASE'] !== undefined || isSet(env['PULUMI_CONFIG_PASSPHRASE_FILE'])) return {};
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, randomBytes(PASSPHRASE_BYTES).toString('base64url'), { mode: 0o600 });
    await link(temporary, file); // unlike a rename it leaves a passphrase that is in use
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}
