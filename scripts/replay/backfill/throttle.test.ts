import { describe, expect, it } from 'vitest';
import { pauseForApp } from './throttle.ts';

const signal = new AbortController().signal;

describe('pauseForApp', () => {
  it('does not pause without a limit, without figures, or below the limit', async () => {
    const none = { pausedMs: 0, reason: null };
    expect(
      await pauseForApp(
        undefined,
        () => 999,
        () => 0,
        signal,
        () => undefined,
      ),
    ).toEqual(none);
    expect(
      await pauseForApp(
        60,
        () => null,
        () => 0,
        signal,
        () => undefined,
      ),
    ).toEqual(none);
    expect(
      await pauseForApp(
        60,
        () => 59,
        () => 0,
        signal,
        () => undefined,
      ),
    ).toEqual(none);
  });

  it('waits until the app has recovered and says why it waited', async () => {
    const p99 = [180, 90, 12];
    let now = 0;
    const pause = await pauseForApp(
      60,
      () => p99.shift() ?? null,
      () => (now += 100),
      signal,
      () => undefined,
    );
    expect(pause.reason).toBe("the app's p99 was over 60 ms");
    expect(pause.pausedMs).toBeGreaterThan(0);
  });

  it('lets a batch through after a long pause, so that a slow app cannot stop the backfill for good', async () => {
    let now = 0;
    const pause = await pauseForApp(
      60,
      () => 500,
      () => (now += 16_000),
      signal,
      () => undefined,
    );
    expect(pause.reason).toBe("the app's p99 was over 60 ms");
  });
});
