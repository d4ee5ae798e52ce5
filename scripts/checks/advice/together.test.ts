import { beforeAll, expect, test } from 'vitest';
import type { StatementRecord } from '../../artifacts/records/records.ts';
import { advise, adviseBroken, loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import { evidence, runRecord, statementRecord, stepError, stepWindow } from '../evidence/evidence-fixture.ts';
import type { AppTrouble } from '../of-app/app-trouble.ts';
import { stops } from '../stops/stops.ts';
import { remedyOf } from './remedies/index.ts';

beforeAll(loadAdvice);

/** Of the first of several statements, all of one transaction that ends at 7000. */
function stopOf(sqls: readonly string[], rest: Partial<StatementRecord> = {}) {
  const records = sqls.map((sql, position) =>
    statementRecord({
      sql,
      index: position + 1,
      sentMs: 5000 + position * 100,
      releasedMs: 7000,
      ...(position === 0 ? rest : {}),
    }),
  );
  const run = runRecord({ budgets: { lockWaitMs: 500, lockHoldMs: 500 } });
  const analysis = analyse(evidence({ run, steps: [...stepWindow('alter', 4900, 7100), ...records] }));
  const stop = stops(analysis).find(({ statement }) => statement?.record.index === 1);
  if (stop === undefined) throw new TypeError('the first statement stopped nothing');
  return { stop, analysis };
}

function adviceFor(sqls: readonly string[], rest: Partial<StatementRecord> = {}) {
  const { stop, analysis } = stopOf(sqls, rest);
  return advise(stop, analysis, 'hold');
}

test('what takes several transactions says so where its statement shares one', () => {
  const two = ['alter table t alter a set not null', 'alter table t alter b set not null'];
  const slow = { respondedMs: 6500 };
  expect(adviceFor(two, slow).advice).toContain(
    'it shares its transaction with other statements: take it out of that',
  );
  expect(adviceFor(two.slice(0, 1), slow).advice).not.toContain('shares its transaction');
});

test('a statement that is too long by itself is not told to end its transaction alone', () => {
  const update = 'update customers set name = trim(name)';
  const later = 'select pg_sleep(1)';
  const long = { respondedMs: 5900, rows: 50_000 };
  expect(adviceFor([update, later], long).advice).toBe(
    'Make it a backfill step: batches along the key, each its own short transaction. To end its transaction right after it is not enough: it took 900 ms by itself.',
  );
  expect(adviceFor(['alter table customers add column a int', later], long).advice).toMatch(
    /^End the transaction right after it, .* That alone is not enough: it took 900 ms by itself\.$/,
  );
  expect(adviceFor([update, later], { ...long, respondedMs: 5001 }).advice).not.toContain('not enough');
});

test.each([
  ['an index of partitions', 'drop index by_name', 'cannot be dropped CONCURRENTLY (0A000)'],
  [
    'a constraint with a fillfactor',
    'alter table t add unique (a) with (fillfactor = 70)',
    'with the same WITH',
  ],
])('%s gets words and no SQL', (_, sql, words) => {
  const part = { relation: 'public.t_1', mode: 'AccessExclusiveLock', existedBefore: true };
  const locks = [{ ...part, ...(sql.startsWith('drop') ? { partitionOf: 'public.t' } : {}) }];
  const { advice, insteadSql } = adviceFor([sql], { respondedMs: 6900, locks, newLocks: locks });
  expect([advice, insteadSql]).toEqual([expect.stringContaining(words), null]);
});

test.each([
  'reindex table t',
  'drop index by_name',
  'create index on t (a)',
  'alter table t add unique (a)',
  'alter table t add column a int unique',
])('%s CONCURRENTLY is told to wait without a timeout, which would leave it INVALID', (sql) => {
  const { advice } = adviceFor([sql], { respondedMs: 6900 });
  expect(advice).toContain('transaction: none');
  expect(advice).toContain('lock_timeout = 0');
});

test('a materialized view that is emptied needs no other form', () => {
  expect(adviceFor(['refresh materialized view totals with no data'], { respondedMs: 6900 })).toEqual({});
});

const asked: AppTrouble = {
  sqlstate: '42803',
  message: '',
  who: 'app',
  step: null,
  sql: '',
  version: 'old',
  mendedBy: null,
  refused: null,
  inside: null,
  hint: null,
};

test.each([
  ['rename', 'alter table t rename to items', 'create view t as select * from items'],
  ['view', 'create view t as select * from items', 'alter table t rename to items'],
])('a table renamed behind a view is not told to leave a view, by its %s', (_, ...sqls) => {
  const { stop, analysis } = stopOf(sqls, { respondedMs: 6900 });
  for (const sqlstate of ['42803', '42809', '42703', '42P01']) {
    const { advice, insteadSql } = adviseBroken({ ...asked, sqlstate }, stop, analysis);
    expect(advice).toMatch(/^Keep the table under the name t as long as/);
    expect(insteadSql).toMatch(/^create view items as select \* from t;/);
  }
});

test('a row that a script no longer finds is no matter of locks or batches', () => {
  const { stop, analysis } = stopOf(['update t set state = 1']);
  const gone = {
    ...asked,
    sqlstate: 'P0002',
    message: String.raw`the statement before \gset returned no row`,
  };
  expect(adviseBroken(gone, stop, analysis).advice).toMatch(
    /^old reads a row that it no longer finds: keep the row/,
  );
  expect(remedyOf({ ...gone, message: 'query returned no rows' })?.advice).toMatch(
    /^old calls a function whose rows the plan changed\./,
  );
});

test('what is CONCURRENTLY and gave up is not told to give up more often', () => {
  const gaveUp = {
    ...asked,
    sqlstate: '55P03',
    who: 'plan',
    sql: 'create index concurrently on t (a)',
  } as const;
  expect(remedyOf(gaveUp)?.advice).toContain('lock_timeout = 0');
  expect(remedyOf({ ...gaveUp, sql: 'create index on t (a)' })).toBeUndefined();
  expect(remedyOf({ ...gaveUp, who: 'app' })).toBeUndefined();
});

test('what rows refused is told to mend them first, in words and SQL', () => {
  const sql = 'alter table customers add constraint adult check (age >= 18)';
  const error = stepError('23514', 'is violated by some row');
  const { advice, insteadSql } = adviceFor([sql], { error, respondedMs: 6900 });
  expect(advice).toMatch(/^Mend the rows that refuse it first; then: add the constraint as NOT VALID/);
  expect(insteadSql).toMatch(/^-- after a step that mends the rows which refuse it:\nalter table customers/);
});
