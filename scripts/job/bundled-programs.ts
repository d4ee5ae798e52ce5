import { fileURLToPath } from 'node:url';
import type * as checkout from '../load/forked-programs.ts';

/** The mode in which the bundle is the load process. */
export const LOAD_WORKER = 'load-worker';

/** The texts of scripts/load/metronome.mjs, requests/request-writer.mjs and scripts/shared/watchdog/thread.mjs, put here by the bundler. */
declare const METRONOME_SOURCE: string;
declare const REQUEST_WRITER_SOURCE: string;
declare const WATCHDOG_SOURCE: string;

/** In the bundle `import.meta.url` is the bundle itself. */
export const loadWorker: typeof checkout.loadWorker = () => ({
  path: fileURLToPath(import.meta.url),
  args: [LOAD_WORKER],
  execArgv: [],
  env: process.env,
});

export const metronomeUrl: typeof checkout.metronomeUrl = () => dataUrl(METRONOME_SOURCE);

export const requestWriterUrl: typeof checkout.requestWriterUrl = () => dataUrl(REQUEST_WRITER_SOURCE);

/** Its thread is bundled too. What a driver leaves running ends with its host. */
export const watchdogUrl = (): URL => dataUrl(WATCHDOG_SOURCE);

function dataUrl(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
