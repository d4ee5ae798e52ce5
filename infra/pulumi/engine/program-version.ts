import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { engineCacheDir } from './cache.ts';
import { cacheDir, realPath, type Env } from './places.ts';
import { parseVersion } from './versions.ts';
import { withoutForeign } from '../../../scripts/shared/descriptors.ts';

const TIMEOUT_MS = 10_000;
/** Smaller files are scripts of version managers: what they start can change while they stay the same. */
const REMEMBERED_BYTES = 1_000_000;

const rememberedSchema = z.record(z.string(), z.string());

/**
 * What `pulumi version` says; undefined where it does not run. To start the CLI takes a third of a second, so the answer is
 * remembered for that very file.
 */
export async function cliVersion(path: string, env: Env): Promise<string | undefined> {
  const file = join(engineCacheDir(env), 'versions.json');
  const key = await keyOf(path);
  const known = await remembered(file);
  const version = key === undefined ? undefined : known[key];
  if (version !== undefined) return version;
  const asked = await askVersion(path, env);
  if (key !== undefined && asked !== undefined) await remember(file, { ...known, [key]: asked });
  return asked;
}

async function askVersion(path: string, env: Env): Promise<string | undefined> {
  const { stdout, failed } = await execa(path, ['version'], {
    env: {
      ...env,
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_HOME: env['PULUMI_HOME'] ?? join(cacheDir(env), 'pulumi-home'),
    },
    extendEnv: false,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    reject: false,
    timeout: TIMEOUT_MS,
  });
  return failed ? undefined : parseVersion(stdout);
}

async function keyOf(path: string): Promise<string | undefined> {
  const real = await realPath(path);
  const found = await stat(real).catch(() => undefined);
  if (found === undefined || found.size < REMEMBERED_BYTES) return undefined;
  return `${real} ${found.size} ${found.mtimeMs}`;
}

async function remembered(file: string): Promise<Record<string, string>> {
  try {
    return rememberedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

/** Two processes may do this at once: each writes a whole file, and the later one stays. */
async function remember(file: string, versions: Record<string, string>): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, JSON.stringify(versions));
    await rename(temporary, file);
  } catch {
    return; // a cache that cannot be written costs time and nothing else
  }
}
