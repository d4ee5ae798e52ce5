import { beforeEach, expect, it } from 'vitest';
import { LockPairing, type TracedGrant, type TracedRelease, type TracedWait } from './lock-pairing.ts';

let waits: TracedWait[];
let grants: TracedGrant[];
let releases: TracedRelease[];
let pairing: LockPairing;

beforeEach(() => {
  waits = [];
  grants = [];
  releases = [];
  pairing = new LockPairing({
    onWait: (wait) => waits.push(wait),
    onGrant: (grant) => grants.push(grant),
    onRelease: (release) => releases.push(release),
  });
});

const FOR_RELATION = { database: 5, relation: 16384, locktype: 0, mode: 1 };

function event(tMs: number, pid: number, name: string, fields: Record<string, number> = {}): void {
  pairing.take({ tMs, pid, event: name, fields });
}

it('joins the begin and the end of each backend', () => {
  event(1, 10, 'wait', FOR_RELATION);
  event(2, 11, 'wait', { ...FOR_RELATION, mode: 8 });
  event(5, 11, 'removed');
  event(7, 10, 'awake', { status: 0 });
  const lock = { locktype: 'relation', databaseOid: 5, relationOid: 16384 };
  expect(waits).toEqual([
    { pid: 11, fromMs: 2, toMs: 5, end: 'cancelled', mode: 'AccessExclusiveLock', ...lock },
    { pid: 10, fromMs: 1, toMs: 7, end: 'granted', mode: 'AccessShareLock', ...lock },
  ]);
});

it('names no relation for a lock on a transaction', () => {
  event(1, 10, 'wait', { database: 747, relation: 0, locktype: 5, mode: 5 });
  event(2, 10, 'awake', { status: 0 });
  expect(waits).toMatchObject([
    { locktype: 'transactionid', mode: 'ShareLock', databaseOid: 0, relationOid: null },
  ]);
});

it('tells a deadlock once', () => {
  event(1, 10, 'wait', FOR_RELATION);
  event(11, 10, 'removed');
  event(12, 10, 'awake', { status: 2 });
  expect(waits).toMatchObject([{ fromMs: 1, toMs: 11, end: 'cancelled' }]);
});

it('tells nothing of a backend that was refused before it queued', () => {
  event(1, 10, 'wait', FOR_RELATION);
  event(1.002, 10, 'awake', { status: 2 });
  event(9, 10, 'removed');
  expect(waits).toEqual([]);
});

it('takes the last beginning where the end of the one before is missing', () => {
  event(1, 10, 'wait', FOR_RELATION);
  event(50, 10, 'wait', FOR_RELATION);
  event(60, 10, 'awake', { status: 0 });
  expect(waits).toMatchObject([{ fromMs: 50, toMs: 60 }]);
});

it('passes on when a backend gets ACCESS EXCLUSIVE and when it gives its locks back', () => {
  event(2, 10, 'granted', { database: 5, relation: 16384 });
  event(3, 10, 'released', { method: 2 });
  expect(grants).toEqual([{ pid: 10, atMs: 2, databaseOid: 5, relationOid: 16384 }]);
  expect(releases).toEqual([{ pid: 10, atMs: 3 }]);
});
