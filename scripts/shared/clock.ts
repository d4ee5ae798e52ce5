import { RehearsalError } from './errors.ts';

/**
 * Milliseconds on CLOCK_MONOTONIC. The zero is arbitrary but the same for every thread and process of one machine, so
 * times taken in the load process and in the controller can be compared without conversion.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Waits `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', aborted, { once: true });
    function done(): void {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }
    function aborted(): void {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    }
  });
}

/** Settles like `work`, but rejects with TIMED_OUT after `ms` or with the signal's reason when it aborts first. */
export async function withTimeout<T>(
  work: Promise<T>,
  ms: number,
  what: string,
  signal?: AbortSignal,
): Promise<T> {
  const stop = new AbortController();
  const limit = sleep(ms, AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal])).then(() => {
    throw new RehearsalError('TIMED_OUT', `${what} took longer than ${ms / 1000} s`);
  });
  limit.catch(() => undefined); // the race below reports it; after the race nobody needs it
  try {
    return await Promise.race([work, limit]);
  } finally {
    stop.abort(new Error('no longer needed'));
    work.catch(() => undefined);
  }
}
