import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { engineCacheDir, type EngineProgram } from '../../../infra/pulumi/engine/cache.ts';
import { findCli, type EngineFile } from '../../../infra/pulumi/engine/find-cli.ts';
import { findLanguageHost } from '../../../infra/pulumi/engine/find-language-host.ts';
import { fileOf, type Env } from '../../../infra/pulumi/engine/places.ts';
import { asError, RehearsalError } from '../../shared/errors.ts';
import { withLock } from '../install-lock.mjs';
import type { Log } from '../tasks.ts';
import { buildWithGo, RECIPES } from './go-build.ts';
import { removeHalfWritten } from './into-cache.ts';
import { downloadRelease } from './release.ts';

/** Longer than a build may take. */
const WAIT_MS = 60 * 60_000;

export interface ObtainOptions {
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Base addresses of the official release. */
  readonly releases: readonly string[];
}

/**
 * The CLI and its language host: what is there already, else the official release, else built from the sources. Safe when
 * several set-ups run at once.
 * @throws the signal's reason, ENGINE_NOT_FOUND, DISK_FULL
 */
export async function obtainEngine(options: ObtainOptions): Promise<void> {
  const { env, signal, log } = options;
  const { cli, passedOver } = await findCli(env);
  for (const line of passedOver) log(line);
  if (cli !== undefined && (await findLanguageHost(cli, env)) !== undefined) return;
  const cache = await writableCache(env);
  await withLock(join(cache, '.setup.lock'), () => obtainLocked(cache, options), {
    signal,
    waitMs: WAIT_MS,
    onWait: () => {
      log('another set-up is at work; waiting for it');
    },
  });
}

async function obtainLocked(cache: string, options: ObtainOptions): Promise<void> {
  const { env } = options;
  await removeHalfWritten(cache);
  let refused: string | undefined;
  // One release holds both programs: where it cannot be had for the first, it is not tried again for the second.
  const obtain = async (program: EngineProgram): Promise<void> => {
    refused ??= await downloadOnce(options);
    if (refused !== undefined) await build(program, refused, options);
  };
  if ((await findCli(env)).cli === undefined) await obtain('pulumi');
  const { cli } = await findCli(env);
  if (cli === undefined) throw new Error('set-up made a Pulumi CLI and cannot find it');
  if ((await findLanguageHost(cli, env)) === undefined) await obtain('pulumi-language-nodejs');
  await linkBeside(cli, env);
}

async function downloadOnce({ releases, env, signal, log }: ObtainOptions): Promise<string | undefined> {
  const refused = await downloadRelease(releases, { env, signal, log });
  if (refused !== undefined) log(`no official release of Pulumi from here (${refused})`);
  return refused;
}

async function build(program: EngineProgram, refused: string, options: ObtainOptions): Promise<void> {
  try {
    await buildWithGo(RECIPES[program], options);
  } catch (error) {
    if (!(error instanceof RehearsalError) || error.code !== 'ENGINE_NOT_FOUND') throw error;
    const message = `${program} is not installed, cannot be downloaded (${refused}), and ${error.message}`;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new RehearsalError('ENGINE_NOT_FOUND', message, { ...hint, cause: error });
  }
}

/** The CLI warns about a language host that is on PATH only, so one that we built is linked into our CLI's folder. */
async function linkBeside(cli: EngineFile, env: Env): Promise<void> {
  const host = await findLanguageHost(cli, env);
  const folder = dirname(cli.path);
  if (host === undefined || cli.origin === 'path' || dirname(host.path) === folder) return;
  const link = join(folder, fileOf('pulumi-language-nodejs'));
  await rm(link, { force: true }); // one that leads nowhere
  await symlink(relative(folder, host.path), link);
}

async function writableCache(env: Env): Promise<string> {
  const cache = engineCacheDir(env);
  try {
    await mkdir(cache, { recursive: true });
    return cache;
  } catch (error) {
    throw new RehearsalError(
      'ENGINE_NOT_FOUND',
      `the cache ${cache} cannot be made: ${asError(error).message}`,
      {
        hint: 'set XDG_CACHE_HOME to a folder that you may write, then npm run setup',
        cause: error,
      },
    );
  }
}
