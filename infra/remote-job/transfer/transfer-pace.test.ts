import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TransferPace, type TransferProgress } from './transfer-pace.ts';

describe('the pace of a transfer', () => {
  let seen: TransferProgress[];
  beforeEach(() => {
    seen = [];
    vi.useFakeTimers({ toFake: ['hrtime'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const keep = (progress: TransferProgress): void => {
    seen.push(progress);
  };

  it('is bytes a second and the time that the rest takes', () => {
    const pace = new TransferPace(10_000, keep);
    vi.advanceTimersByTime(1_000);
    pace.moved('a', 2_000, 2_000);
    expect(seen.at(-1)).toEqual({ bytes: 2_000, totalBytes: 10_000, bytesPerSec: 2_000, etaMs: 4_000 });
  });

  it('does not count what was found on the host as speed', () => {
    const pace = new TransferPace(10_000, keep);
    vi.advanceTimersByTime(1_000);
    pace.moved('a', 9_000, 0);
    expect(seen.at(-1)).toMatchObject({ bytes: 9_000, bytesPerSec: 0, etaMs: null });
    vi.advanceTimersByTime(1_000);
    pace.moved('a', 9_500, 500);
    expect(seen.at(-1)).toMatchObject({ bytes: 9_500, bytesPerSec: 250, etaMs: 2_000 });
  });

  it('takes back what has to be sent again', () => {
    const pace = new TransferPace(10_000, keep);
    pace.moved('a', 6_000, 6_000);
    pace.moved('b', 1_000, 1_000);
    pace.moved('a', 2_000, 0);
    pace.finished();
    expect(seen.at(-1)).toMatchObject({ bytes: 3_000 });
  });

  it('forgets how fast it was more than some seconds ago', () => {
    const pace = new TransferPace(1_000_000, keep);
    let sent = 0;
    const send = (bytes: number, seconds: number): void => {
      for (let at = 0; at < seconds * 2; at += 1) {
        vi.advanceTimersByTime(500);
        sent += bytes / 2;
        pace.moved('a', sent, bytes / 2);
      }
    };
    send(50_000, 10);
    expect(seen.at(-1)?.bytesPerSec).toBeCloseTo(50_000, -3);
    send(1_000, 8);
    expect(seen.at(-1)?.bytesPerSec).toBeCloseTo(1_000, -2);
  });

  it('is told at most four times a second', () => {
    const pace = new TransferPace(1_000_000, keep);
    for (let at = 1; at <= 1_000; at += 1) {
      vi.advanceTimersByTime(1);
      pace.moved('a', at, 1);
    }
    expect(seen.length).toBeLessThanOrEqual(5);
  });
});
