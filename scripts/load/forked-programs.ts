import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COMPILED, IS_PACKAGE, ownModule } from '../shared/places/own-files.mjs';

/*
 * Where the load's other programs are in a checkout and in the package. The driver's bundle is one file and puts
 * scripts/job/bundled-programs.ts in the place of this one.
 */

/** A program for `fork`. */
export interface ForkedProgram {
  readonly path: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The load process. */
export function loadWorker(): ForkedProgram {
  if (COMPILED !== undefined)
    return { path: join(COMPILED, 'load-worker.js'), args: [], execArgv: [], env: process.env };
  return {
    path: ownModule('scripts/load/worker'),
    args: [],
    execArgv: IS_PACKAGE ? [] : ['--import', typeScript()],
    env: compilerEnvironment(),
  };
}

/** The thread that says when requests are due. */
export function metronomeUrl(): URL {
  return new URL('./metronome.mjs', import.meta.url);
}

/** The thread that writes requests.ndjson. */
export function requestWriterUrl(): URL {
  return new URL('./requests/request-writer.mjs', import.meta.url);
}

function typeScript(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}

/** The compiler of the load process shares the cache of the one that started us, instead of leaving its own in TMPDIR. */
function compilerEnvironment(): NodeJS.ProcessEnv {
  const cache = process.env['REHEARSE_COMPILE_CACHE'];
  return cache === undefined ? process.env : { ...process.env, TMPDIR: cache };
}
