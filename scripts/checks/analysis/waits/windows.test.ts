import { expect, test } from 'vitest';
import { EXCLUSIVE, stepError, statementRecord, waitRecord } from '../../evidence/evidence-fixture.ts';
import { unionMs } from '../../../shared/intervals/intervals.ts';
import { waitSpans } from './waits.ts';
import { statementTry } from './windows.ts';

function figures(
  record: ReturnType<typeof statementRecord>,
  waits: ReturnType<typeof waitRecord>[] = [],
  locks: Parameters<typeof statementTry>[2] = [],
): object {
  const one = statementTry(record, waitSpans(waits), locks);
  const { waitMs, grantMs, holdMs, strongest, blockingHoldMs, blockingWaitMs, blackout } = one;
  const blackoutMs = unionMs(blackout);
  return { waitMs, grantMs, holdMs, mode: strongest?.mode, blockingHoldMs, blockingWaitMs, blackoutMs };
}

const own = {
  pid: 42,
  role: 'migration',
  mode: 'AccessExclusiveLock',
  blockedBy: [{ pid: 9, role: 'other' }],
} as const;

test('a lock is held from its grant, which comes with the sending where nobody was in the way, to the end of the transaction', () => {
  expect(figures(statementRecord({ sentMs: 5000, respondedMs: 5003, releasedMs: 7003 }))).toEqual({
    waitMs: 0,
    grantMs: 5000,
    holdMs: 2003,
    mode: 'AccessExclusiveLock',
    blockingHoldMs: 2003,
    blockingWaitMs: 0,
    blackoutMs: 2003,
  });
});

test('its own wait puts the grant off, is no part of the hold, and is part of the blackout', () => {
  const waits = Array.from({ length: 250 }, (_, poll) =>
    waitRecord({ ...own, tMs: 5005 + poll * 10, sinceMs: 5000.5 }),
  );
  // The last poll that saw it is at 7495; the statement answered at 7501, before the next.
  expect(figures(statementRecord({ sentMs: 5000, respondedMs: 7501, releasedMs: 7502 }), waits)).toEqual({
    waitMs: 2497.5,
    grantMs: 7497.5,
    holdMs: 4.5,
    mode: 'AccessExclusiveLock',
    blockingHoldMs: 4.5,
    blockingWaitMs: 2497.5,
    blackoutMs: 2501.5,
  });
});

test('a try that lock_timeout ended held nothing, and its wait in the queue was a blackout up to the error', () => {
  const waits = [5, 15, 25, 35, 45].map((after) => waitRecord({ ...own, tMs: 5000 + after, sinceMs: 5000 }));
  const record = statementRecord({
    sentMs: 5000,
    respondedMs: 5050,
    capture: 'none',
    locks: [],
    newLocks: [],
    error: stepError('55P03', 'canceling statement due to lock timeout'),
  });
  expect(figures(record, waits)).toEqual({
    waitMs: 50,
    grantMs: 5050,
    holdMs: 0,
    mode: undefined,
    blockingHoldMs: 0,
    blockingWaitMs: 50,
    blackoutMs: 50,
  });
});

test.each([
  ['AccessShareLock', 0, 0],
  ['RowExclusiveLock', 100, 0],
  ['ShareUpdateExclusiveLock', 100, 0],
  ['ShareLock', 100, 100],
  ['ShareRowExclusiveLock', 100, 100],
  ['ExclusiveLock', 100, 100],
  ['AccessExclusiveLock', 100, 100],
])('%s held for 100 ms counts as a hold of %d ms and a blackout of %d ms', (mode, holdMs, blackoutMs) => {
  const record = statementRecord({ sentMs: 0, releasedMs: 100, newLocks: [{ ...EXCLUSIVE, mode }] });
  expect(figures(record)).toMatchObject({ holdMs, blackoutMs, blockingHoldMs: blackoutMs });
});

test('a relation that did not exist before the step cannot be waited for', () => {
  const record = statementRecord({ releasedMs: 9000, newLocks: [{ ...EXCLUSIVE, existedBefore: false }] });
  expect(figures(record)).toMatchObject({ holdMs: 0, blackoutMs: 0, mode: undefined });
});

test('outside of a transaction a lock is held from the first poll that saw it to the last, with half a poll on each side', () => {
  const seen = (
    tMs: number,
    mode: string,
    relation = 'public.customers',
  ): Parameters<typeof statementTry>[2][number] => ({
    tMs,
    pid: 42,
    step: 'alter',
    relation,
    mode,
    granted: true,
  });
  const locks = [
    ...[110, 120, 130, 140].map((tMs) => seen(tMs, 'ShareUpdateExclusiveLock')),
    ...[110, 120].map((tMs) => seen(tMs, 'AccessExclusiveLock', 'oid 17000')),
    ...[500, 510].map((tMs) => seen(tMs, 'AccessExclusiveLock', 'public.customers_old')),
    { ...seen(490, 'AccessExclusiveLock', 'public.customers_old'), granted: false },
    seen(5000, 'AccessExclusiveLock'),
    { ...seen(120, 'AccessExclusiveLock'), pid: 43 },
  ];
  const record = statementRecord({
    sentMs: 100,
    respondedMs: 600,
    capture: 'outside',
    locks: [],
    newLocks: [],
  });
  expect(figures(record, [], locks)).toEqual({
    waitMs: 0,
    grantMs: 100,
    holdMs: 20,
    mode: 'AccessExclusiveLock',
    blockingHoldMs: 20,
    blockingWaitMs: 0,
    blackoutMs: 20,
  });
});

test('a statement seen from outside is not charged with what its transaction held before, and with all where it is one of its own', () => {
  const seen = (tMs: number, mode: string): Parameters<typeof statementTry>[2][number] => ({
    tMs,
    pid: 42,
    step: 'alter',
    relation: 'public.customers',
    mode,
    granted: true,
  });
  const locks = [80, 90, 110, 120].map((tMs) => seen(tMs, 'ShareUpdateExclusiveLock'));
  const record = statementRecord({
    sentMs: 100,
    respondedMs: 130,
    releasedMs: 130,
    capture: 'outside',
    locks: [],
    newLocks: [],
  });
  const modes = (transactionSinceMs: number): string[] =>
    statementTry(record, [], [...locks, seen(115, 'ShareLock')], { transactionSinceMs }).spans.map(
      ({ mode }) => mode,
    );
  expect(modes(100)).toEqual(['ShareUpdateExclusiveLock', 'ShareLock']);
  expect(modes(75)).toEqual(['ShareLock']);
});

test('waiting for old transactions, as CREATE INDEX CONCURRENTLY does, stops nobody', () => {
  const waits = [105, 115].map((tMs) =>
    waitRecord({ ...own, tMs, sinceMs: 100, relation: null, locktype: 'virtualxid', mode: 'ShareLock' }),
  );
  const record = statementRecord({ sentMs: 90, respondedMs: 300, capture: 'outside', newLocks: [] });
  expect(figures(record, waits)).toMatchObject({ waitMs: 20, blockingWaitMs: 0, blackoutMs: 0 });
});

test('a lock that the server saw granted is held from there, any other from the sending and its waits on', () => {
  const orders = { relation: 'public.orders', mode: 'ShareLock', existedBefore: true };
  const record = statementRecord({
    sentMs: 5000,
    respondedMs: 5050,
    releasedMs: 5060,
    newLocks: [EXCLUSIVE, orders],
  });
  const told = waitRecord({ ...own, tMs: 5010, sinceMs: 5001 });
  const wait = { ...told, type: 'wait', fromMs: 5001.25, toMs: 5041.5, end: 'granted' } as const;
  const { waitMs, spans, holdMs } = statementTry(record, waitSpans([], [wait]), []);
  expect({ waitMs, holdMs }).toEqual({ waitMs: 40.25, holdMs: 18.5 });
  expect(spans.map(({ fromMs }) => fromMs)).toEqual([5041.5, 5040.25]);
});

test('a statement that failed in its transaction held what was seen of it from its grant to the rollback', () => {
  const record = statementRecord({
    sentMs: 5000,
    respondedMs: 5085,
    releasedMs: 5086,
    capture: 'outside',
    locks: [],
    newLocks: [],
    walBytes: null,
    error: stepError('23514', 'is violated by some row'),
  });
  const look = (tMs: number, granted: boolean, relation = 'public.customers'): object => ({
    tMs,
    pid: 42,
    step: 'alter',
    relation,
    mode: 'AccessExclusiveLock',
    granted,
  });
  const looks = [look(5030, true), look(5030, false, 'public.orders')] as Parameters<typeof statementTry>[2];
  const { spans, blockingHoldMs } = statementTry(record, [], looks);
  expect(spans.map(({ relation, fromMs, toMs }) => ({ relation, fromMs, toMs }))).toEqual([
    { relation: 'public.customers', fromMs: 5000, toMs: 5086 },
  ]);
  expect(blockingHoldMs).toBe(86);
  // Outside of a transaction locks are given back in between: only what was seen is known.
  expect(statementTry({ ...record, walBytes: 0 }, [], looks).blockingHoldMs).toBe(10);
});
