import { expect, test } from 'vitest';
import type { LockEntry } from '../../../artifacts/records/records.ts';
import { statementRecord } from '../../evidence/evidence-fixture.ts';
import { HeldByStatements, type HeldLocks } from './held-locks.ts';

const lock = (relation: string, mode: string, partitionOf?: string): LockEntry => ({
  relation,
  mode,
  existedBefore: true,
  ...(partitionOf === undefined ? {} : { partitionOf }),
});
const NEW = { ...lock('public.made', 'AccessExclusiveLock'), existedBefore: false };
const PART = lock('log.part', 'AccessExclusiveLock', 'log.whole');

const told = ({ strongest, isEmpty, wholes }: HeldLocks) => ({ strongest, isEmpty, wholes });

test('a statement holds what it took and what those before it hold, back to where a savepoint was returned to', () => {
  const held = new HeldByStatements();
  const of = (index: number, newLocks: LockEntry[], heldWith?: number): HeldLocks => {
    const record = statementRecord({ index, newLocks });
    return held.of({ ...record, ...(heldWith === undefined ? {} : { heldWith }) });
  };
  const first = of(1, [lock('public.a', 'ShareLock'), NEW]);
  const undone = of(2, [PART], 1);
  const after = of(3, [lock('log.a', 'ExclusiveLock')], 1);
  const last = of(4, [], 3);
  expect([first, undone, after, last].map(told)).toEqual([
    { strongest: 'ShareLock', isEmpty: false, wholes: [] },
    { strongest: 'AccessExclusiveLock', isEmpty: false, wholes: ['log.whole'] },
    { strongest: 'ExclusiveLock', isEmpty: false, wholes: [] },
    { strongest: 'ExclusiveLock', isEmpty: false, wholes: [] },
  ]);
  expect([first, undone, after, last].map((one) => one.called('a'))).toEqual([
    ['public.a'],
    ['public.a'],
    ['public.a', 'log.a'],
    ['public.a', 'log.a'],
  ]);
  expect([first, undone, last].map((one) => one.wholeOf('log.part'))).toEqual([
    undefined,
    'log.whole',
    undefined,
  ]);
  expect([undone.has('log.part'), last.has('log.part'), last.has('public.a')]).toEqual([true, false, true]);
  expect(told(of(5, []))).toEqual({ strongest: undefined, isEmpty: true, wholes: [] });
});

test('a statement of an older run tells all that was held', () => {
  const record = statementRecord({ locks: [PART, NEW], newLocks: [NEW] });
  expect(told(new HeldByStatements().of(record))).toEqual({
    strongest: 'AccessExclusiveLock',
    isEmpty: false,
    wholes: ['log.whole'],
  });
});
