import { expect, test } from 'vitest';
import { StandbyLag, type Lags, type StandbyRow } from './standby-lag.ts';

/** A standby that has written, flushed and replayed up to one place, as long ago as the view says. */
function at(lsn: number, lagMs: number | null = null, pid = 7): StandbyRow {
  const place = { lsn, lagMs };
  return { pid, write: place, flush: place, replay: place };
}

/** One look a second, each 10 ms long; of the lags, those of the replay. */
function replayed(...looks: readonly (readonly [flushed: number, ...standbys: StandbyRow[]])[]): unknown[][] {
  const lag = new StandbyLag();
  return looks.map(([flushed, ...standbys], second) => {
    const asked = { fromMs: second * 1000, toMs: second * 1000 + 10 };
    const { replayLagMs, replayLagBytes } = lag.look(asked, flushed, standbys);
    return [replayLagMs, replayLagBytes];
  });
}

test('each new measurement of the view counts, once', () => {
  expect(replayed([100, at(100, 3)], [200, at(190, 4)], [300, at(300, 900)], [300, at(300, 900)])).toEqual([
    [0, 0],
    [4, 10],
    [900, 0],
    [0, 0],
  ]);
});

test('an idle standby is not behind, whether the view still shows its last lag or none', () => {
  expect(replayed([100, at(100, 8000)], [100, at(100, 8000)], [100, at(100)])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test('a standby that is stuck falls behind by the age of what it lacks, although the view keeps its last good lag', () => {
  const looks = [100, 200, 300, 400].map((flushed) => [flushed, at(100, 2)] as const);
  expect(replayed(...looks)).toEqual([
    [0, 0],
    [0, 100],
    [990, 200],
    [1990, 300],
  ]);
});

test('what was flushed since the last look has no age yet', () => {
  expect(replayed([100, at(100)], [500, at(100)])).toEqual([
    [0, 0],
    [0, 400],
  ]);
});

test('while none streams nothing is known, and one that returns is as old as what it lacks', () => {
  expect(replayed([100, at(100, 1)], [200], [300], [300, at(150, null, 8)], [300, at(300, 2100, 8)])).toEqual(
    [
      [0, 0],
      [null, null],
      [null, null],
      [1990, 150],
      [2100, 0],
    ],
  );
});

test('of two standbys the one that is further behind counts, position by position', () => {
  const lag = new StandbyLag();
  const second = { ...at(90, 5, 9), replay: { lsn: 20, lagMs: 700 } };
  lag.look({ fromMs: 0, toMs: 0 }, 0, [at(0), at(0, null, 9)]);
  const lags: Lags = lag.look({ fromMs: 500, toMs: 510 }, 100, [at(60, 6), second]);
  expect(lags).toEqual({
    writeLagMs: 6,
    flushLagMs: 6,
    replayLagMs: 700,
    writeLagBytes: 40,
    flushLagBytes: 40,
    replayLagBytes: 80,
  });
});

test("a position that was read a moment later than the primary's is not behind", () => {
  expect(replayed([100, at(120)])).toEqual([[0, 0]]);
});
