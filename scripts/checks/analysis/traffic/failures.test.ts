import { describe, expect, test } from 'vitest';
import type {
  CompatibilityRecord,
  SchemaRecord,
  StatementRecord,
} from '../../../artifacts/records/records.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
} from '../../evidence/evidence-fixture.ts';
import { analyse } from '../analyse.ts';

const run = runRecord({ plan: [plannedStep('alter'), plannedStep('soak', { kind: 'soak', files: [] })] });
const steps = [
  ...stepWindow('alter', 4900, 5100),
  statementRecord({ index: 1, sentMs: 4950, respondedMs: 4951 }),
  statementRecord({ index: 2, sentMs: 5000, respondedMs: 5002 }),
  ...stepWindow('soak', 5200, 9000),
];

function cell(after: string, sqlstate: string | null): CompatibilityRecord {
  return { after, version: 'old', script: 'read', ok: sqlstate === null, sqlstate, message: null };
}

function blamed(requests: ReturnType<typeof requestTable>, matrix: CompatibilityRecord[]): unknown[] {
  const analysis = analyse(evidence({ run, steps, requests, compatibility: matrix }));
  return analysis.failures.map(({ step, cause, sqlstate, rows }) => ({
    step: step?.planned.name ?? null,
    statement: cause === null ? null : (analysis.causes[cause]?.statement?.record.index ?? null),
    sqlstate,
    count: rows.length,
  }));
}

test('a script that the matrix shows broken after a step is that step’s, however late its requests come', () => {
  const table = requestTable([
    request(5001, 5003, '42703'),
    request(6000, 6001, '42703'),
    request(8000, 8001, '42703'),
    request(8500, 8501),
  ]);
  expect(blamed(table, [cell('start', null), cell('alter', '42703'), cell('soak', '42703')])).toEqual([
    { step: 'alter', statement: 2, sqlstate: '42703', count: 3 },
  ]);
});

test('what the matrix sees only behind a soak is the step’s before it, for a soak changes nothing', () => {
  const table = requestTable([request(8000, 8001, '22003')]);
  expect(blamed(table, [cell('start', null), cell('alter', null), cell('soak', '22003')])).toEqual([
    { step: 'alter', statement: 2, sqlstate: '22003', count: 1 },
  ]);
});

test('the statement that broke it is the last one sent before the first failure ended', () => {
  const table = requestTable([request(4955, 4960, '42703'), request(6000, 6001, '42703')]);
  expect(blamed(table, [cell('start', null), cell('alter', '42703')])).toEqual([
    { step: 'alter', statement: 1, sqlstate: '42703', count: 2 },
  ]);
});

test('another SQLSTATE than the matrix shows belongs to what was in flight, else to the last before it, which is no soak', () => {
  const table = requestTable([
    request(4960, 5001, '40P01'),
    request(5050, 5060, '40P01'),
    request(6000, 6001, '40P01'),
  ]);
  expect(blamed(table, [cell('start', null), cell('alter', '42703')])).toEqual([
    { step: 'alter', statement: 2, sqlstate: '40P01', count: 3 },
  ]);
});

test('a failure before the first step is the baseline’s', () => {
  expect(blamed(requestTable([request(3000, 3001, '42P01')]), [cell('start', '42P01')])).toEqual([
    { step: null, statement: null, sqlstate: '42P01', count: 1 },
  ]);
});

test('a plan that went stale belongs to the last change of the schema, whenever the connection comes upon it', () => {
  const table = requestTable([request(5001, 5003, '0A000'), request(6000, 6001, '0A000')]);
  expect(blamed(table, [])).toEqual([{ step: 'alter', statement: 2, sqlstate: '0A000', count: 2 }]);
});

test('a plan that went stale is not charged to what stopped others and has no columns', () => {
  const lock = { relation: 'public.customers_id_seq', mode: 'ShareRowExclusiveLock', existedBefore: true };
  const sequence = { sql: 'alter sequence customers_id_seq as bigint', locks: [lock], newLocks: [lock] };
  const both = [
    ...stepWindow('alter', 4900, 5100),
    statementRecord({ index: 1, sentMs: 4950, respondedMs: 4951 }),
    statementRecord({ index: 2, sentMs: 5000, respondedMs: 5002, ...sequence }),
  ];
  const requests = requestTable([request(4950, 4953, '0A000'), request(5001, 5003, '0A000')]);
  const { failures, causes } = analyse(evidence({ run, steps: both, requests }));
  expect(failures.map(({ cause, rows }) => [causes[cause ?? -1]?.statement?.record.index, rows])).toEqual([
    [1, [0, 1]],
  ]);
});

const LATE = [
  ['23514', 'alter table t add constraint c check (v > 0) not valid'],
  ['23503', 'alter table t add constraint f foreign key (a) references b not valid'],
  ['23502', 'alter table t alter column a set not null'],
  ['42501', 'revoke insert on t from app'],
  ['P0001', 'create trigger guard before insert on t for each row execute function f()'],
  ['40P01', 'alter table t add foreign key (a) references b'],
] as const;

test.each(LATE)(
  '%s belongs to the statement that made it possible, however late it comes: %s',
  (sqlstate, sql) => {
    const plan = ['late', 'prove', 'comment', 'soak'].map((name) =>
      plannedStep(name, name === 'soak' ? { kind: 'soak', files: [] } : {}),
    );
    const late = [
      ...stepWindow('late', 4900, 5000),
      statementRecord({ step: 'late', index: 1, sentMs: 4910, sql: 'select 1' }),
      statementRecord({ step: 'late', index: 2, sentMs: 4950, sql }),
      ...stepWindow('prove', 5100, 5200),
      statementRecord({ step: 'prove', sentMs: 5110, sql: 'alter table t validate constraint f' }),
      ...stepWindow('comment', 6000, 7000),
      statementRecord({ step: 'comment', sentMs: 6010, respondedMs: 6990, sql: "comment on table t is 'x'" }),
      ...stepWindow('soak', 7000, 9000),
    ];
    const requests = requestTable([
      request(6500, 6501, sqlstate),
      request(8000, 8001, sqlstate),
      request(8100, 9000, 'unfinished'),
    ]);
    const { failures, causes } = analyse(evidence({ run: runRecord({ plan }), steps: late, requests }));
    expect(
      failures.map(({ step, cause, rows }) => [
        step?.planned.name,
        cause === null ? null : causes[cause]?.statement?.record.index,
        rows.length,
      ]),
    ).toEqual([
      ['late', 2, 2],
      ['late', 2, 1],
    ]);
  },
);

describe('the statement of a step that took away what the message names', () => {
  const at = (index: number, sql: string, more: Partial<StatementRecord> = {}): StatementRecord =>
    statementRecord({ index, sql, sentMs: 4940 + index * 10, respondedMs: 4945 + index * 10, ...more });
  const fallen: SchemaRecord = {
    type: 'fallen',
    step: 'alter',
    statement: 1,
    tMs: 5000,
    objects: [{ kind: 'view', name: 'public.totals_by_day', relation: null }],
  };
  const told = (
    sqlstate: string,
    message: string,
    statements: StatementRecord[],
    schema: SchemaRecord[] = [],
  ) => {
    const cells = [cell('start', null), { ...cell('alter', sqlstate), message }];
    const own = [...stepWindow('alter', 4900, 5100), ...statements, ...stepWindow('soak', 5200, 9000)];
    const requests = requestTable([request(5300, 5301, sqlstate)]);
    const analysis = analyse(evidence({ run, steps: own, requests, compatibility: cells, schema }));
    const [{ cause } = { cause: null }] = analysis.failures;
    return cause === null ? null : analysis.causes[cause]?.statement?.record.index;
  };
  const recreated = [at(1, 'drop view totals cascade'), at(2, 'create view totals as select 1 as sum')];

  test.each([
    [
      'a view that fell with CASCADE, by the catalogs',
      '42P01',
      'relation "totals_by_day" does not exist',
      recreated,
      [fallen],
      1,
    ],
    [
      'a view that fell with CASCADE, by the NOTICE',
      '42P01',
      'relation "totals_by_day" does not exist',
      [
        {
          ...at(1, 'drop view totals cascade'),
          notices: [
            {
              severity: 'NOTICE',
              sqlstate: '00000',
              message: 'drop cascades to view totals_by_day',
              count: 1,
            },
          ],
        },
        at(2, 'create view totals as select 1 as sum'),
      ],
      [],
      1,
    ],
    [
      'a column that the view made anew lacks',
      '42703',
      'column totals.day does not exist',
      recreated,
      [fallen],
      2,
    ],
    [
      'the first of two dropped columns',
      '42703',
      'column "a" does not exist',
      [
        at(1, 'alter table t drop column a'),
        at(2, 'alter table t drop column b'),
        at(3, 'alter table t rename column c to d'),
      ],
      [],
      1,
    ],
    [
      'a renamed column',
      '42703',
      'column t.c does not exist',
      [at(1, 'alter table t drop column a'), at(2, 'alter table t rename column c to d'), at(3, 'analyze t')],
      [],
      2,
    ],
    [
      'a check',
      '23514',
      'new row for relation "t" violates check constraint "positive"',
      [at(1, 'alter table t add constraint positive check (a > 0)'), at(2, 'analyze t')],
      [],
      1,
    ],
    ['a message that no statement names', '42703', 'column "z" does not exist', recreated, [], 2],
  ] as [string, string, string, StatementRecord[], SchemaRecord[], number][])(
    'is named: %s',
    (_, sqlstate, message, statements, schema, index) => {
      expect(told(sqlstate, message, statements, schema)).toBe(index);
    },
  );
});
