import { expect, test } from 'vitest';
import type { LostValues, NotAsked } from '../../artifacts/records/of-plan/rollback-records.ts';
import { deployStep, evidence, plannedStep, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

const PLAN = [
  plannedStep('widen', { hasRollback: true }),
  deployStep('out', 'new'),
  plannedStep('undo widen', { way: { kind: 'back', of: 'widen' }, files: ['sql/narrow.sql'] }),
  plannedStep('soak', { kind: 'soak', files: [], way: { kind: 'soak', of: null } }),
];
const WRITTEN = { table: 'public.orders', since: 'out', isAtLeast: false };

function judged(
  unreadable: readonly LostValues[],
  cut: readonly LostValues[] = [],
  notAsked?: readonly NotAsked[],
): Result {
  return judgeEvidence(
    evidence({
      run: runRecord({ plan: PLAN }),
      writtenPlan: PLAN.slice(0, 2),
      steps: PLAN.flatMap(({ name }, at) => stepWindow(name, 1000 * at, 1000 * at + 500)),
      rollback: [
        { type: 'catalog', after: 'undo widen', tMs: 0, objects: 1, differences: [] },
        // What a later undoing mends is not there in the end.
        { type: 'unreadable', step: 'undo out', tMs: 0, values: [...unreadable, ...cut] },
        { type: 'values', step: 'undo widen', tMs: 0, lost: cut },
        { type: 'unreadable', step: 'undo widen', tMs: 0, values: unreadable, notAsked },
      ],
    }),
  );
}
const told = ({ findings }: Result): unknown[] =>
  findings
    .filter(({ check }) => check === 'valuesKept')
    .map(({ step, message, advice }) => [step, message, advice]);

test('values that the old version cannot read are told by what held them before, with what to write instead', () => {
  const result = judged([
    { ...WRITTEN, column: 'state', count: 3, limit: { rule: 'label', was: 'order_state' } },
    { ...WRITTEN, column: 'note', count: 1, limit: { rule: 'null', was: 'not null' } },
    { ...WRITTEN, column: '*', count: 2000, limit: { rule: 'check', was: 'orders_total' } },
  ]);
  expect(told(result)).toEqual([
    [
      'out',
      'After the way back 3 values of orders.state, written since new went out in step 2 out, are there that the version before cannot read: they have labels that order_state did not have before the plan.',
      'Let the new version write nothing that order_state would not take until there is no way back, write into sql/narrow.sql what they become (update orders set state = … where …), or mark step out pointOfNoReturn: true.',
    ],
    [
      'out',
      'After the way back 1 value of orders.note, written since new went out in step 2 out, is there that the version before cannot read: it is null, and the column was not null before the plan.',
      'Let the new version write nothing that NOT NULL would not take until there is no way back, write into sql/narrow.sql what it becomes (update orders set note = … where note is null), or mark step out pointOfNoReturn: true.',
    ],
    [
      'out',
      'After the way back 2,000 rows of orders, written since new went out in step 2 out, are there that the version before cannot read: they break orders_total, which held before the plan.',
      'Let the new version write nothing that orders_total would not take until there is no way back, write into sql/narrow.sql what they become (update orders set … where …), or mark step out pointOfNoReturn: true.',
    ],
  ]);
  expect(result.wayBack).toMatchObject([
    {
      possible: false,
      reason: '3 values of orders.state are there that the version before cannot read',
      valuesLost: [
        { column: 'state', count: 3, how: 'unreadable', was: 'order_state', since: 'out' },
        { column: 'note', how: 'unreadable', was: 'not null' },
        { column: '*', how: 'unreadable', was: 'orders_total' },
      ],
    },
  ]);
  expect(result.pointOfNoReturn).toEqual({ declared: null, found: 'out' });
});

test('rows that a SELECT of the old version fails on are told by the statement and its SQLSTATE', () => {
  const was = 'readable by show (workload/old/show.sql:3)';
  const limit = { rule: 'read', was, sqlstate: '22P02' } as const;
  const result = judged([{ ...WRITTEN, isAtLeast: true, column: 'meta', count: 12, limit }]);
  expect(told(result)).toEqual([
    [
      'out',
      'After the way back at least 12 values of orders.meta, written since new went out in step 2 out, are there that the version before cannot read: what was there before the plan was readable by show (workload/old/show.sql:3), which fails on these with 22P02.',
      'Let the new version write nothing that is not readable by show (workload/old/show.sql:3) until there is no way back, write into sql/narrow.sql what they become (update orders set meta = … where …), or mark step out pointOfNoReturn: true.',
    ],
  ]);
  expect(result.wayBack).toMatchObject([
    {
      reason: 'at least 12 values of orders.meta are there that the version before cannot read',
      valuesLost: [{ column: 'meta', how: 'unreadable', isAtLeast: true, was }],
    },
  ]);
});

test('values that were cut are told at the step that cut them', () => {
  const cut = { ...WRITTEN, column: 'id', count: 7, limit: { rule: 'type', was: 'integer' } } as const;
  const result = judged([], [cut]);
  expect(told(result)).toEqual([
    [
      'undo widen',
      'Step 3 undo widen makes orders.id integer again, and 7 values of orders.id, written since new went out in step 2 out, do not fit into it: what is there now is not what was written.',
      'Leave the column as wide as it is: the old version reads it too. Let the new version write nothing that integer would not take until there is no way back, or mark step out pointOfNoReturn: true.',
    ],
  ]);
  expect(result.wayBack?.[0]).toMatchObject({
    reason: '7 values of orders.id are cut',
    valuesLost: [{ column: 'id', count: 7, how: 'cut', was: 'integer' }],
  });
});

test('statements of the old version that were not asked with all that was written are among the limits, each with its reason', () => {
  const of = (name: string): string => `${name} (workload/old/${name}.sql:1)`;
  const result = judged(
    [],
    [],
    [
      { statement: of('list'), why: 'no-key' },
      { statement: of('find'), why: 'no-key' },
      { statement: of('made'), why: 'behind-write' },
      { statement: of('sum'), why: 'slow' },
      { statement: of('deep'), why: 'refused', sqlstate: '42501' },
      { statement: of('show'), why: 'left-over', asked: 5000 },
    ],
  );
  const sentence =
    'Whether the version before can read all that the new one wrote was not asked, or not with every key, by list (workload/old/list.sql:1) and find (workload/old/find.sql:1) (finds its rows by more than keys); by made (workload/old/made.sql:1) (hangs on what a statement that writes gives back); by sum (workload/old/sum.sql:1) (finding the keys of what was written took too long); by deep (workload/old/deep.sql:1) (finding the keys of what was written was refused with 42501); by show (workload/old/show.sql:1) (5,000 keys were asked, and more were left over).';
  expect(result.limits).toContain(sentence);
  expect(result.wayBack).toMatchObject([{ possible: true, notRead: sentence }]);
});
