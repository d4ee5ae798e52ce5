import { withTimeout } from './clock.ts';
import { asError } from './errors.ts';

/** What was given up while it unwound, and may not have taken back yet all that it made. */
const stragglers = new Set<Promise<unknown>>();

/**
 * Settles like `work`, but rejects with the signal's reason when that aborts; `work` then gets `unwindMs` to end, and goes on
 * by itself where it needs longer: see `settleStragglers`.
 */
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
    const ended = running.catch(() => undefined);
    stragglers.add(ended);
    void ended.then(() => stragglers.delete(ended));
    await withTimeout(ended, unwindMs, 'unwinding').catch(() => undefined);
    throw signal.reason;
  } finally {
    stop.abort();
  }
}

/**
 * Waits for all that was given up, once nothing can hold it up any more. A process that ends before leaves traces behind.
 * @throws TIMED_OUT
 */
export async function settleStragglers(timeoutMs: number): Promise<void> {
  await withTimeout(Promise.all(stragglers), timeoutMs, 'ending what was interrupted');
}
