import { describe, expect, it } from 'vitest';
import { AppThrottle } from './throttle.ts';

const quiet = { signal: new AbortController().signal, onPause: (): void => undefined };

describe('AppThrottle', () => {
  it('does not pause without a limit, without figures, or below the limit', async () => {
    const none = { pausedMs: 0, reason: null };
    expect(await new AppThrottle(undefined).pause(50, { ...quiet, p99Ms: () => 999, now: () => 0 })).toEqual(
      none,
    );
    expect(await new AppThrottle(60).pause(50, { ...quiet, p99Ms: () => null, now: () => 0 })).toEqual(none);
    expect(await new AppThrottle(60).pause(50, { ...quiet, p99Ms: () => 59, now: () => 0 })).toEqual(none);
  });

  it('waits until the app has recovered and says why it waited', async () => {
    const p99 = [180, 90, 12];
    let now = 0;
    const pause = await new AppThrottle(60).pause(50, {
      ...quiet,
      p99Ms: () => p99.shift() ?? null,
      now: () => (now += 100),
    });
    expect(pause.reason).toBe("the app's p99 was over 60 ms");
    expect(pause.pausedMs).toBeGreaterThan(0);
  });

  it('goes on half of the time where a long pause did not help, until the app has recovered', async () => {
    let now = 0;
    let p99 = 500;
    const watch = { ...quiet, p99Ms: () => p99, now: () => (now += 10) };
    const throttle = new AppThrottle(60);
    const waitAll = () => throttle.pause(50, { ...watch, now: () => (now += 16_000) });

    expect((await waitAll()).reason).toBe("the app's p99 was over 60 ms");
    const second = await throttle.pause(50, watch);
    expect(second.reason).toMatch(/^the app's p99 was over 60 ms and stayed there through a pause of 15/);
    expect(second.pausedMs).toBeLessThan(200);

    p99 = 20;
    expect(await throttle.pause(50, watch)).toEqual({ pausedMs: 0, reason: null });
    p99 = 500;
    expect((await waitAll()).pausedMs).toBeGreaterThan(15_000);
  });
});
