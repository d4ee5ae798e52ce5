import { formatMs } from '../shared/text/format.ts';

const HEARTBEAT_MS = 10_000;

/** Says what is going on, a line each. */
export type Log = (line: string) => void;

/**
 * Runs one task of a long affair: a line when it starts and one when it is done, and every few seconds one with the time
 * it took so far and what `work` last said about its progress.
 */
export async function task<T>(
  label: string,
  log: Log,
  work: (progress: (detail: string) => void) => Promise<T>,
  heartbeatMs: number = HEARTBEAT_MS,
): Promise<T> {
  log(label);
  const startedAt = performance.now();
  let detail = '';
  const timer = setInterval(() => {
    log(`  … ${formatMs(performance.now() - startedAt)}${detail === '' ? '' : `, ${detail}`}`);
  }, heartbeatMs);
  try {
    const result = await work((said) => (detail = said));
    log(`  done in ${formatMs(performance.now() - startedAt)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
