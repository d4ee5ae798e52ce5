import { beforeAll, expect, test } from 'vitest';
import type { SchemaRecord } from '../../artifacts/records/records.ts';
import type { UnfinishedObject } from '../../artifacts/records/of-plan/schema-records.ts';
import { loadAdvice } from '../advice.ts';
import { evidence, statementRecord, stepError, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import { remedyOf } from './unfinished-remedy.ts';

beforeAll(loadAdvice);

const INDEX: UnfinishedObject = {
  kind: 'index',
  oid: 20001,
  name: 'public."Late"',
  relation: 'public.customers',
  isPart: false,
  lacking: [],
};

function look(step: string | null, attempt: number | null, ...objects: UnfinishedObject[]): SchemaRecord {
  return { type: 'unfinished', step, attempt, tMs: 5000, objects };
}

function told(schema: readonly SchemaRecord[] | undefined, sql = 'select 1'): unknown[] {
  const steps = [...stepWindow('alter', 4900, 6000), statementRecord({ sql })];
  const { findings } = judgeEvidence(evidence({ schema, steps }));
  return findings.flatMap(({ check, status, message }) =>
    check === 'unfinished' ? [[status, message]] : [],
  );
}

test('nothing that was mended by the end of the plan, or that was never recorded, is told', () => {
  expect(told([look(null, null), look('alter', 1, INDEX), look('alter', null)])).toEqual([]);
  expect(told(undefined)).toEqual([]);
});

test('what stood before is told as such, and fails where IF NOT EXISTS took it for what it asked for', () => {
  const schema = [look(null, null, INDEX), look('alter', null, INDEX)];
  expect(told(schema)).toEqual([
    [
      'warn',
      'Left over from earlier: index "Late" of customers is INVALID: no query uses it, and writes pay for it. It was so before the plan.',
    ],
  ]);
  expect(told(schema, 'create index concurrently if not exists "Late" on customers (name)')).toEqual([
    [
      'fail',
      'Step 1 alter made no index: IF NOT EXISTS skipped over what is there, and index "Late" of customers is INVALID: no query uses it, and writes pay for it. It was so before the plan.',
    ],
  ]);
});

test('an index in the place of one that was invalid before is the plan’s own', () => {
  const rebuilt = { ...INDEX, oid: 20002 };
  const found = told([look(null, null, INDEX), look('alter', null, rebuilt)]);
  expect(found).toEqual([['fail', expect.stringContaining('Step 1 alter left this behind') as unknown]]);
});

test('a constraint that its own VALIDATE has refuted is taken away, not validated again', () => {
  const object: UnfinishedObject = { ...INDEX, kind: 'constraint', name: 'small' };
  const advised = (sqlstate: string): unknown => {
    const sql = 'alter table customers validate constraint small';
    const error = stepError(sqlstate, 'refused');
    const steps = [...stepWindow('alter', 4900, 6000), statementRecord({ sql, error })];
    const { findings } = judgeEvidence(evidence({ schema: [look('alter', null, object)], steps }));
    return findings.find(({ check }) => check === 'unfinished')?.insteadSql;
  };
  expect(advised('23514')).toBe('alter table public.customers drop constraint small;');
  expect(advised('55P03')).toBe('alter table public.customers validate constraint small;');
});

test('each kind has the statement that removes or finishes it', () => {
  const remedies = [
    INDEX,
    { ...INDEX, name: 'pg_toast.pg_toast_16385_index_ccnew' },
    { ...INDEX, isPart: true },
    { ...INDEX, isPart: true, name: 'public.part_idx_ccnew' },
    { ...INDEX, kind: 'detached-partition', name: 'public.old' },
    { ...INDEX, kind: 'constraint', name: 'positive' },
    { ...INDEX, kind: 'domain-constraint', name: 'positive', relation: 'public.amount' },
    { ...INDEX, kind: 'trigger', name: 'sync' },
  ] as const;
  expect(remedies.map(remedyOf)).toEqual([
    'drop index concurrently public."Late";',
    'drop index pg_toast.pg_toast_16385_index_ccnew;',
    'reindex index concurrently public."Late";',
    'drop index concurrently public.part_idx_ccnew;',
    'alter table public.customers detach partition public.old finalize;',
    'alter table public.customers validate constraint positive;',
    'alter domain public.amount validate constraint positive;',
    'alter table public.customers enable trigger sync;',
  ]);
});
