import { sleep } from '../../scripts/shared/clock.ts';
import { CloudRefused, CloudUnclear } from './api.ts';

/**
 * After an answer that was lost, what was made may need some time to be listed: it is looked for so many times, the first one at
 * once and each later one after twice the pause: some 45 s at a pace of 2 s.
 */
const LOOKS = 6;
const LONGEST_PAUSES = 8;

interface Making<T> {
  /** By its name; undefined where there is none. */
  readonly look: () => Promise<T | undefined>;
  readonly post: () => Promise<T>;
  /** Called before the request is sent: from then on it may be there, whatever becomes of this call. */
  readonly onOrder?: (() => void) | undefined;
  readonly signal: AbortSignal;
  readonly pauseMs: number;
}

/**
 * Makes one thing of a name, and never two: looks first, sends one request, and where it is not clear what became of that looks
 * again until it must have been listed, and adopts.
 * @returns `adopted` where it was there before
 * @throws what the request ended with, where nothing of the name is found then
 */
export async function makeOnce<T>({
  look,
  post,
  onOrder,
  signal,
  pauseMs,
}: Making<T>): Promise<{ made: T; adopted: boolean }> {
  const there = await look();
  if (there !== undefined) return { made: there, adopted: true };
  onOrder?.();
  try {
    return { made: await post(), adopted: false };
  } catch (error) {
    const unclear = error instanceof CloudUnclear;
    if (!unclear && !(error instanceof CloudRefused && error.about === 'taken')) throw error;
    const made = await untilListed({ look, pauseMs, signal });
    if (made !== undefined) return { made, adopted: false };
    throw error;
  }
}

/** Looks for what was perhaps made a moment ago, and may not be listed yet. Undefined where it never is. */
export async function untilListed<T>({
  look,
  pauseMs,
  signal,
}: Pick<Making<T>, 'look' | 'pauseMs' | 'signal'>): Promise<T | undefined> {
  for (let looks = 1, pauses = 1; ; looks++, pauses = Math.min(2 * pauses, LONGEST_PAUSES)) {
    const found = await look();
    if (found !== undefined || looks === LOOKS) return found;
    await sleep(pauses * pauseMs, signal);
  }
}

interface Waiting<T> {
  /** Undefined = not yet. @throws what makes waiting useless */
  readonly look: () => Promise<T | undefined>;
  readonly pollMs: number;
  readonly limitMs: number;
  /** Ends `… took longer than 600 s`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** @throws CloudUnclear after the limit */
export async function waitUntil<T>({ look, pollMs, limitMs, what, signal }: Waiting<T>): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() >= end) throw new CloudUnclear(`${what} took longer than ${limitMs / 1000} s`);
    await sleep(pollMs, signal);
  }
}

interface Removing {
  readonly remove: () => Promise<unknown>;
  readonly pollMs: number;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks again while the cloud refuses because the thing is in use or busy: being made, being removed, or not let go of yet.
 * @throws the last refusal after the limit; at once what no waiting helps against
 */
export async function removeWhenFree({ remove, pollMs, limitMs, signal }: Removing): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      await remove();
      return;
    } catch (error) {
      const mayPass =
        error instanceof CloudRefused && (error.about === 'inUse' || BUSY.includes(error.status));
      if (!mayPass || Date.now() >= end) throw error;
    }
    await sleep(pollMs, signal);
  }
}

/** Clouds answer one of these for what is in use or locked. */
const BUSY: readonly number[] = [400, 409, 412, 422, 423];
