import { beforeAll, expect, test } from 'vitest';
import { advise, loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import { evidence, statementRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { stops } from '../stops/stops.ts';
import type { Advice } from './rule.ts';

beforeAll(loadAdvice);

/** Advice on code that locked these relations; customers, orders and items are tables of the snapshot. */
function adviceFor(...relations: readonly string[]): Partial<Advice> {
  const record = statementRecord({
    sql: 'do $$ begin perform change_all(); end $$',
    sentMs: 5000,
    respondedMs: 6000,
    newLocks: relations.map((relation) => ({ relation, mode: 'AccessExclusiveLock', existedBefore: true })),
  });
  const parts = evidence({ steps: [...stepWindow('alter', 4900, 6100), record] });
  const names = ['customers', 'orders', 'items'];
  const tables = names.map((name) => ({ name: `public.${name}`, rows: 10, bytes: 2000 }));
  const analysis = analyse(parts.snapshot ? { ...parts, snapshot: { ...parts.snapshot, tables } } : parts);
  const [stop] = stops(analysis);
  return stop ? advise(stop, analysis, 'hold') : {};
}

test('code that goes through several tables is advised to commit behind each', () => {
  expect(adviceFor('public.customers', 'public.orders', 'public.orders_pkey')).toMatchObject({
    effect: 'The code locked 2 tables in one transaction, and each of them until the last was done.',
    advice: expect.stringContaining('COMMIT at the end of every pass') as unknown,
  });
});

test('code that changes one table and its indexes is not', () => {
  expect(adviceFor('public.orders', 'public.orders_pkey')).toEqual({});
});
