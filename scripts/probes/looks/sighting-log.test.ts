import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WaitRecord } from '../../artifacts/records/records.ts';
import type { SightingRecord } from '../../artifacts/records/sighting-records.ts';
import { lastLookMs } from '../../artifacts/records/sighting-records.ts';
import { locksSeen, waitsSeen } from '../../artifacts/sightings.ts';
import { shortened } from './queue.ts';
import { SightingLog } from './sighting-log.ts';

const isApp = (pid: number): boolean => pid < 100;

/** By process id of who waits, for whom: one look. */
type Look = readonly (readonly [number, readonly number[]])[];

function written(looks: readonly Look[], everyMs = 50): SightingRecord<WaitRecord>[] {
  const records: SightingRecord<WaitRecord>[] = [];
  const log = new SightingLog<WaitRecord>({ write: (record) => void records.push(record) });
  looks.forEach((look, index) => {
    const tMs = index * everyMs;
    const queue = shortened(
      look.map(([pid, blockers]) => ({ pid, blockers })),
      isApp,
    );
    const sights = look.map(([pid]) => {
      const { own = [], after } = queue.get(pid) ?? {};
      const fixed = {
        ...({ pid, role: 'app', relation: null, locktype: 'tuple', mode: 'ExclusiveLock' } as const),
        blockedBy: own.map((blocker) => ({ pid: blocker, role: isApp(blocker) ? 'app' : 'other' }) as const),
        ...(after === undefined ? {} : { after }),
      };
      return { key: String(pid), told: JSON.stringify(fixed), record: { ...fixed, tMs, sinceMs: tMs } };
    });
    log.look(tMs, sights);
  });
  log.close();
  return records;
}

/** What the look at `tMs` saw, from what was written. */
function lookAt(waits: readonly WaitRecord[], tMs: number): Map<number, Set<number>> {
  const then = new Map(
    waits.filter((wait) => wait.tMs <= tMs && lastLookMs(wait) >= tMs).map((wait) => [wait.pid, wait]),
  );
  const all = (pid: number): number[] => {
    const wait = then.get(pid);
    if (wait === undefined) return [];
    const own = wait.blockedBy.map((blocker) => blocker.pid);
    return wait.after === undefined ? own : [...own, wait.after, ...all(wait.after).filter(isApp)];
  };
  return new Map([...then.keys()].map((pid) => [pid, new Set(all(pid))]));
}

const pid = fc.integer({ min: 1, max: 6 });
const blocker = fc.oneof(pid, fc.constantFrom(100, 101));
const look = fc
  .uniqueArray(fc.tuple(pid, fc.uniqueArray(blocker)), { selector: ([one]) => one })
  .map((waiters) => waiters.map(([one, all]) => [one, all.filter((other) => other !== one)] as const));

test('what was written says of every look what it saw, whoever waits for whom', () => {
  fc.assert(
    fc.property(fc.array(look, { maxLength: 8 }), (looks) => {
      const waits = waitsSeen(written(looks));
      looks.forEach((one, index) => {
        expect(lookAt(waits, index * 50)).toEqual(
          new Map(one.map(([waiter, all]) => [waiter, new Set(all)])),
        );
      });
    }),
  );
});

/** Everybody waits for who holds, and for all ahead. */
function queueOf(pids: readonly number[]): Look {
  return pids.map((one, place) => [one, [1_000_000, ...pids.slice(0, place)]]);
}

test('a queue costs what changes in it: each session once, whatever its length and however long it stands', () => {
  const pids = Array.from({ length: 80 }, (_, place) => place + 1);
  const growing = pids.map((_, place) => queueOf(pids.slice(0, place + 1)));
  const standing = Array.from({ length: 100 }, () => queueOf(pids));
  const leaving = pids.map((_, place) => queueOf(pids.slice(place)));
  const bytes = JSON.stringify(written([...growing, ...standing, ...leaving])).length;
  expect(bytes).toBeLessThan(pids.length * 600);
});

test('a stream that was cut off says until when it was seen', () => {
  const looks = Array.from({ length: 100 }, () => queueOf([1, 2]));
  const [first] = waitsSeen(written(looks).filter(({ type }) => type !== 'gone'));
  expect(first && lastLookMs(first)).toBeGreaterThan(3900);
});

test('a gap of looking stays visible, and a lock on both sides of it is two', () => {
  const records = written([queueOf([1]), queueOf([1])], 300);
  expect(records.map(({ type }) => type)).toEqual(['seen', 'gap', 'gone']);
  const lock = { pid: 1, step: 'one', relation: 'public.t', mode: 'ShareLock', granted: true };
  const seen = locksSeen([
    { type: 'seen', id: 1, tMs: 0, ...lock },
    { type: 'gap', fromMs: 0, tMs: 300 },
    { type: 'gone', tMs: 310, lastMs: 300, ids: [1] },
  ]);
  expect(seen).toMatchObject([
    { ...lock, tMs: 0, lastMs: 0, goneMs: 310 },
    { ...lock, tMs: 300, lastMs: 300, goneMs: 310 },
  ]);
});

test('records of older runs, each look in full, are read as they are', () => {
  const wait = {
    ...({
      tMs: 5,
      pid: 1,
      role: 'app',
      relation: null,
      locktype: 'tuple',
      mode: 'ExclusiveLock',
      sinceMs: 1,
    } as const),
    blockedBy: [{ pid: 2, role: 'app' }] as const,
  };
  expect(waitsSeen([wait, { ...wait, tMs: 15 }])).toEqual([wait, { ...wait, tMs: 15 }]);
});
