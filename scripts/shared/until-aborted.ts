import { withTimeout } from './clock.ts';
import { asError } from './errors.ts';

/** Settles like `work`, but rejects with the signal's reason when that aborts; `work` then gets `unwindMs` to end. */
export async function untilAborted<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  unwindMs: number,
): Promise<T> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void => {
      reject(asError(signal.reason));
    };
    signal.addEventListener('abort', onAbort, { once: true, signal: stop.signal });
  });
  const running = work();
  try {
    return await Promise.race([running, aborted]);
  } catch (error) {
    if (!signal.aborted) throw error;
    await withTimeout(running, unwindMs, 'unwinding').catch(() => undefined);
    throw signal.reason;
  } finally {
    stop.abort();
  }
}
