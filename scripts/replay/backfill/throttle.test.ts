import { describe, expect, it } from 'vitest';
import { pauseForApp } from './throttle.ts';

const quiet = { signal: new AbortController().signal, onPause: (): void => undefined };

describe('pauseForApp', () => {
  it('does not pause without a limit, without figures, or below the limit', async () => {
    const none = { pausedMs: 0, reason: null };
    expect(await pauseForApp(undefined, { ...quiet, p99Ms: () => 999, now: () => 0 })).toEqual(none);
    expect(await pauseForApp(60, { ...quiet, p99Ms: () => null, now: () => 0 })).toEqual(none);
    expect(await pauseForApp(60, { ...quiet, p99Ms: () => 59, now: () => 0 })).toEqual(none);
  });

  it('waits until the app has recovered and says why it waited', async () => {
    const p99 = [180, 90, 12];
    let now = 0;
    const pause = await pauseForApp(60, {
      ...quiet,
      p99Ms: () => p99.shift() ?? null,
      now: () => (now += 100),
    });
    expect(pause.reason).toBe("the app's p99 was over 60 ms");
    expect(pause.pausedMs).toBeGreaterThan(0);
  });

  it('lets a batch through after a long pause, so that a slow app cannot stop the backfill for good', async () => {
    let now = 0;
    const pause = await pauseForApp(60, { ...quiet, p99Ms: () => 500, now: () => (now += 16_000) });
    expect(pause.reason).toBe("the app's p99 was over 60 ms");
  });
});
