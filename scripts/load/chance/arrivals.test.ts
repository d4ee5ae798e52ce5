import { afterEach, describe, expect, it } from 'vitest';
import { monotonicMs, sleep } from '../../shared/clock.ts';
import { ArrivalTimes, Metronome } from './arrivals.ts';

describe('ArrivalTimes', () => {
  it('come at the rate, with gaps of exponential length', () => {
    const times = new ArrivalTimes(1, 200, 1000);
    const arrivals = Array.from({ length: 50_000 }, () => times.next());
    const gaps = arrivals.map((time, index) => time - (arrivals[index - 1] ?? 1000));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean).toBeCloseTo(5, 1);
    // Of exponential gaps 1/e are longer than the mean and e^-3 longer than three times that.
    expect(gaps.filter((gap) => gap > 5).length / gaps.length).toBeCloseTo(Math.exp(-1), 2);
    expect(gaps.filter((gap) => gap > 15).length / gaps.length).toBeCloseTo(Math.exp(-3), 2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  });

  it.each([2, 3, 8])('are shared out among %d so that together they are exactly the one schedule', (of) => {
    const whole = new ArrivalTimes(7, 400, 1000);
    const shares = Array.from({ length: of }, (_, index) => new ArrivalTimes(7, 400, 1000, { index, of }));
    const turns = Array.from({ length: 500 }, () => shares.map((share) => share.next()));
    expect(turns.flat()).toEqual(Array.from({ length: 500 * of }, () => whole.next()));
  });
});

describe('Metronome', () => {
  let metronome: Metronome | undefined;
  afterEach(() => metronome?.stop());

  it('calls for every arrival in order and none before its time, also after a stall', async () => {
    const called: number[] = [];
    const early: number[] = [];
    metronome = new Metronome(
      (intendedMs) => {
        if (monotonicMs() < intendedMs) early.push(intendedMs);
        called.push(intendedMs);
      },
      (error) => {
        throw error;
      },
    );
    const startMs = monotonicMs();
    metronome.start(() => new ArrivalTimes(5, 4000, startMs));
    await sleep(300);
    const stalledUntil = monotonicMs() + 300;
    while (monotonicMs() < stalledUntil);
    await sleep(300);
    await metronome.stop();
    const count = called.length;
    await sleep(50);
    const times = new ArrivalTimes(5, 4000, startMs);
    expect(called).toEqual(Array.from({ length: count }, () => times.next()));
    expect(early).toEqual([]);
    expect(called.at(-1)).toBeGreaterThan(stalledUntil);
    expect(called.length).toBe(count);
  });
});
