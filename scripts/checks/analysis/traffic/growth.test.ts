import { expect, test } from 'vitest';
import type { WaitRecord } from '../../../artifacts/records/records.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import {
  evidence,
  request,
  requestTable,
  statementRecord,
  stepWindow,
  waitRecord,
} from '../../evidence/evidence-fixture.ts';
import { analyse } from '../analyse.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';

const GROWTH = 4;
/** Work that grows with the square of the size takes 16 times as long at four times the size. */
const LINEAR_BELOW = 10;

/** How often the work of `size` goes into that of four times the size, by the processor's time; the best of three tries. */
function growth(make: (size: number) => Evidence, size: number): number {
  const small = make(size);
  const large = make(size * GROWTH);
  analyse(small); // compiles
  const cost = (one: Evidence): number => {
    const before = process.cpuUsage();
    analyse(one);
    return process.cpuUsage(before).user;
  };
  return Math.min(...[1, 2, 3].map(() => cost(large) / Math.max(1, cost(small))));
}

function many<T>(size: number, make: (index: number) => T): T[] {
  return Array.from({ length: size }, (_, index) => make(index));
}

/** Statements one after the other, each with delayed requests, waits that the server told of, and looks. */
function busy(size: number): Evidence {
  const atMs = (index: number): number => 5000 + index * 20;
  const endMs = atMs(size) + 1000;
  const statements = many(size, (index) =>
    statementRecord({
      index: index + 1,
      sentMs: atMs(index),
      respondedMs: atMs(index) + 15,
      releasedMs: atMs(index) + 15,
    }),
  );
  const waitOf = (index: number): WaitRecord =>
    waitRecord({ pid: 1000 + (index % 20), tMs: atMs(index) + 10, sinceMs: atMs(index) + 1 });
  return evidence({
    steps: [...stepWindow('alter', 5000, endMs), ...statements],
    waits: many(size, waitOf),
    exactWaits: many(size, (index) => ({
      ...({ type: 'wait', pid: 1000 + (index % 20), role: 'app', locktype: 'relation' } as const),
      ...({ mode: 'AccessShareLock', relation: 'public.customers', end: 'granted' } as const),
      fromMs: atMs(index) + 1,
      toMs: atMs(index) + 15,
    })),
    requests: requestTable(many(size, (index) => request(atMs(index) + 1, atMs(index) + 16))),
  });
}

/** One transaction that locks as many tables, each told of by the server. */
function wide(size: number): Evidence {
  const locks = many(size, (index) => ({
    relation: `public.t${index}`,
    mode: 'AccessExclusiveLock',
    existedBefore: true,
  }));
  return evidence({
    steps: [
      ...stepWindow('alter', 5000, 6000),
      statementRecord({ sentMs: 5000, respondedMs: 5500, locks, newLocks: locks }),
    ],
    exactWaits: locks.map(({ relation }, index) => ({
      ...({ type: 'grant', pid: 42, tMs: 5000 + index / size, relation } as const),
    })),
  });
}

/** A queue behind the statement that grows by one a look, and stands. */
function queued(size: number): Evidence {
  return evidence({
    steps: [...stepWindow('alter', 5000, 600_000), statementRecord({ sentMs: 5000, respondedMs: 599_000 })],
    waits: many(size, (place) =>
      waitRecord({
        pid: 1000 + place,
        tMs: 5010 + place * 10,
        lastMs: 599_000,
        sinceMs: 5005 + place * 10,
        blockedBy: [{ pid: 42, role: 'migration' }],
        ...(place === 0 ? {} : { after: 999 + place }),
      }),
    ),
  });
}

test('twice the statements, victims and waits take about twice as long to judge', () => {
  expect(growth(busy, 500)).toBeLessThan(LINEAR_BELOW);
});

test('twice the locks of a transaction take about twice as long to judge', () => {
  expect(growth(wide, 3000)).toBeLessThan(LINEAR_BELOW);
});

test('four hundred sessions that stand in one queue for ten minutes are counted, each with its whole wait', () => {
  const blocked = analyse(queued(400)).steps[0]?.statements[0]?.blocked;
  expect(blocked?.peak).toBe(400);
  expect(blocked?.longestMs).toBeCloseTo(599_000 - 5005, -2);
});

test('the index finds what touches a stretch, and looks at nothing else', () => {
  let looked = 0;
  const items = many(10_000, (index) => ({
    fromMs: index,
    get toMs() {
      looked += 1;
      return index + 0.5;
    },
  }));
  const index = new OverlapIndex(items);
  looked = 0;
  expect(index.touching({ fromMs: 5000.2, toMs: 5002 }).map(({ fromMs }) => fromMs)).toEqual([
    5000, 5001, 5002,
  ]);
  expect(looked).toBeLessThan(10);
});
