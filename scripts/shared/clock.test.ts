import { describe, expect, it } from 'vitest';
import { monotonicMs, sleep, withTimeout } from './clock.ts';
import { RehearsalError } from './errors.ts';

describe('sleep', () => {
  it('waits at least as long as it was asked to', async () => {
    const startedMs = monotonicMs();
    await sleep(30);
    expect(monotonicMs() - startedMs).toBeGreaterThanOrEqual(29);
  });

  it('ends at once with the reason of an abort, also of one that came before', async () => {
    const controller = new AbortController();
    const waiting = sleep(60_000, controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    await expect(sleep(1, controller.signal)).rejects.toThrow('interrupted');
  });
});

describe('withTimeout', () => {
  it('gives the value of work that is in time', async () => {
    expect(await withTimeout(Promise.resolve(7), 1000, 'the sum')).toBe(7);
  });

  it('says what took too long', async () => {
    const never = new Promise<never>(() => undefined);
    const late = withTimeout(never, 20, 'the restore');
    await expect(late).rejects.toThrow(RehearsalError);
    await expect(late).rejects.toThrow('the restore took longer than 0.02 s');
  });

  it('passes on the failure of the work', async () => {
    await expect(withTimeout(Promise.reject(new Error('broken')), 1000, 'x')).rejects.toThrow('broken');
  });

  it('stops waiting when the run is aborted', async () => {
    const controller = new AbortController();
    const never = new Promise<never>(() => undefined);
    const waiting = withTimeout(never, 60_000, 'x', controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});
