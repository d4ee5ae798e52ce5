import { beforeAll, expect, test } from 'vitest';
import type { DiskSecond, NoiseRecord } from '../../artifacts/records/noise-record.ts';
import { loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import {
  EXCLUSIVE,
  evidence,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import { knownLimits } from '../limits/known-limits.ts';
import { runChecks } from '../run-checks.ts';

beforeAll(loadAdvice);

interface Seen extends Omit<DiskSecond, 'discardedBytes'> {
  readonly discardedBytes?: number;
  /** Of the second, somebody waited for a disk. */
  readonly waited: number;
}
const MB = 2 ** 20;
/** An app that commits two hundred times a second. */
const USUAL: Seen = seen(0.2, 220, 2 * MB, 260, 1.6 * MB);

function seen(
  waited: number,
  operations: number,
  movedBytes: number,
  queuedMs: number,
  ownBytes: number | null,
  discardedBytes = 0,
): Seen {
  return { waited, operations, movedBytes, queuedMs, ownBytes, discardedBytes, busyShare: waited };
}

/** One second each. */
function series(...seconds: readonly Seen[]): NoiseRecord[] {
  return seconds.map(({ waited, ...disk }, at): NoiseRecord => {
    const told = { discardedBytes: 0, ...disk };
    return {
      type: 'second',
      tMs: (at + 1) * 1000,
      forMs: 1000,
      hosts: ['driver', 'primary'],
      busyShare: 0.4,
      stealShare: 0,
      foreignShare: 0.05,
      cpuPressureShare: 0.1,
      ioPressureShare: waited,
      disk: told,
    };
  });
}

const times = (count: number, second: Seen): Seen[] => Array.from({ length: count }, () => second);

/** A step from 5 s to `toMs` that may last a second. */
function judged(noise: readonly NoiseRecord[] | undefined, toMs = 7000): { status: string; message: string } {
  const run = runRecord({ budgets: { stepDurationMs: 1000 } });
  const analysis = analyse(evidence({ run, steps: stepWindow('alter', 5000, toMs), noise }));
  const found = runChecks(analysis).findings.find(({ finding }) => finding.check === 'stepDuration');
  return { status: found?.finding.status ?? '', message: found?.finding.message ?? '' };
}

const OTHERS = seen(0.8, 900, 90 * MB, 40_000, 0.4 * MB);
const STOOD = seen(0.59, 14, 0.1 * MB, 3900, 0.2 * MB);

test('what took too long while the disk stood still is inconclusive, with what the disk did', () => {
  const { status, message } = judged(series(...times(5, USUAL), STOOD, ...times(5, USUAL)));
  expect(status).toBe('inconclusive');
  expect(message).toContain(
    "Meanwhile the disk of driver and primary stood still for 1.00 s: the rehearsal asked for 205 kB/s, and it moved 102 kB/s in 14 operations a second of 279 ms each, where it had moved 2.0 MB/s and done 220 a second in this run; without that time it would have kept the budget, so it is not known to be the plan's doing.",
  );
});

test('so is what took too long while others had the disk', () => {
  const { status, message } = judged(series(...times(5, USUAL), OTHERS, ...times(5, USUAL)));
  expect(status).toBe('inconclusive');
  expect(message).toContain(
    'the disk of driver and primary was at other work for 1.00 s: it moved 90 MB/s, and the rehearsal asked for 410 kB/s',
  );
});

test('a stall that begins and ends within seconds in which much came through counts with both', () => {
  const edge = seen(0.4, 150, 1.4 * MB, 2500, 1.1 * MB);
  expect(judged(series(...times(4, USUAL), edge, STOOD, edge, ...times(5, USUAL)), 7500).status).toBe(
    'inconclusive',
  );
});

test('a disk that ended nothing for a second stood still, whatever had been given to it before', () => {
  const behind = seen(0.3, 400, 85 * MB, 2000, 250 * MB);
  const begins = { ...seen(0.47, 71, 1.6 * MB, 142, 4.5 * MB), busyShare: 0.83 };
  const ends = { ...seen(0.47, 250, 4.2 * MB, 112_000, 4 * MB), busyShare: 0.86 };
  const nothing = { ...seen(0.59, 0, 0, 0, 4096), busyShare: 0.97 };
  const stalled = series(USUAL, USUAL, behind, behind, begins, nothing, ends, ...times(5, USUAL));
  expect(judged(stalled, 7500).status).toBe('inconclusive');
  const idle = { ...nothing, waited: 0.1, busyShare: 0.1 };
  expect(judged(series(USUAL, USUAL, behind, behind, begins, idle, ends), 7500).status).toBe('fail');
});

const rewrite = seen(0.95, 1500, 200 * MB, 60_000, 210 * MB);
test.each<[string, NoiseRecord[] | undefined, number?]>([
  ['nobody looked at disks', series(...times(12, USUAL)).map((record) => ({ ...record, disk: null }))],
  ['the plan rewrites a table', series(...times(5, USUAL), ...times(2, rewrite), ...times(5, USUAL))],
  [
    'the plan reads a large table from disk, slower at times',
    series(
      ...times(5, USUAL),
      seen(0.9, 800, 200 * MB, 9000, 200 * MB),
      seen(0.9, 300, 60 * MB, 6000, 60 * MB),
    ),
  ],
  [
    'the plan waits for many small flushes',
    series(...times(5, USUAL), ...times(2, seen(0.9, 900, 8 * MB, 1000, 7 * MB)), ...times(5, USUAL)),
  ],
  [
    'a flood of WAL used up what the disk gives at once',
    series(
      ...times(2, USUAL),
      ...times(8, seen(0.9, 1500, 150 * MB, 30_000, 150 * MB)),
      ...times(8, seen(0.95, 60, 6 * MB, 30_000, 6 * MB)),
    ),
    18_000,
  ],
  [
    'a checkpoint writes what the plan left behind',
    series(
      ...times(2, USUAL),
      ...times(3, seen(0.1, 300, 10 * MB, 400, 400 * MB)),
      ...times(3, seen(0.9, 900, 120 * MB, 90_000, 0.3 * MB)),
    ),
  ],
  [
    'the filesystem gives back what a dropped table had',
    series(...times(5, USUAL), ...times(2, seen(0.9, 60, 0.5 * MB, 9000, 0.1 * MB, 900 * MB))),
  ],
  [
    'nobody knows who asked for it',
    series(...times(5, USUAL), { ...STOOD, ownBytes: null }, ...times(5, USUAL)),
  ],
  ['it stood still at another time', series(STOOD, ...times(12, USUAL))],
  ['most of the time is without it', series(...times(5, USUAL), STOOD, ...times(5, USUAL)), 9000],
])('it is a failure where %s', (_, noise, toMs) => {
  expect(judged(noise, toMs).status).toBe('fail');
});

/** Twenty requests a second of 5 ms, but those that are due in a time of the lock wait for its end. */
function lockedRun(untilMs: number, during = STOOD): ReturnType<typeof runChecks>['findings'] {
  const rows = Array.from({ length: 240 }, (_, at) => {
    const dueMs = at * 50;
    return request(dueMs, dueMs >= 5050 && dueMs < untilMs ? untilMs + 2 : dueMs + 5);
  });
  const alter = statementRecord({
    sentMs: 5050,
    respondedMs: untilMs,
    releasedMs: untilMs,
    newLocks: [EXCLUSIVE],
  });
  const run = runRecord({ budgets: { p99Ms: 400, lockHoldMs: 200 } });
  const steps = [...stepWindow('alter', 5000, untilMs + 500), alter];
  const noise = series(...times(5, USUAL), during, ...times(6, USUAL));
  const load = [{ type: 'baseline', fromMs: 1000, toMs: 4900 } as const];
  return runChecks(analyse(evidence({ run, steps, noise, load, locks: [], requests: requestTable(rows) })))
    .findings;
}

const timed = (findings: ReturnType<typeof lockedRun>): string[] =>
  findings
    .map(({ finding: { check, status } }) => `${check} ${status}`)
    .filter((one) => /^(p99|lockHold)/.test(one));

test('a lock that a standing disk kept, and those who waited for it, are not known to be the plan’s either', () => {
  expect(timed(lockedRun(6100)).toSorted()).toEqual(['lockHold inconclusive', 'p99 inconclusive']);
});

test('a lock that was held while the disk went on for others is a failure', () => {
  expect(timed(lockedRun(6400, OTHERS))).toContain('lockHold fail');
});

test('a lock that was held for much longer than the disk stood still is a failure', () => {
  expect(timed(lockedRun(9000)).toSorted()).toEqual(['lockHold fail', 'p99 fail']);
});

test('that the disk stood still is among the limits, whatever the verdict', () => {
  const noise = series(...times(5, USUAL), STOOD, ...times(5, USUAL));
  const limits = knownLimits(analyse(evidence({ noise }))).filter((limit) => limit.includes('disk of'));
  expect(limits).toHaveLength(1);
  expect(limits[0]).toMatch(
    /^The machine was not the rehearsal's own: the disk of driver and primary stood still/,
  );
});
