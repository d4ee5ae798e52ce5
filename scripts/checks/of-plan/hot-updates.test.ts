import { beforeAll, expect, test } from 'vitest';
import type { UpdatesRecord } from '../../artifacts/records/of-plan/dependency-records.ts';
import { loadAdvice } from '../advice.ts';
import { evidence } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Finding } from '../result/contract/result.ts';

beforeAll(loadAdvice);

function look(
  step: string | null,
  when: UpdatesRecord['when'],
  [updated, hot]: readonly [number, number],
  walBytes: number,
): UpdatesRecord {
  const tables = [{ table: 'public.presence', updated, hot }];
  return { type: 'updates', step, when, tMs: 0, walBytes, allUpdated: updated, tables };
}

/** 400 updates before the step, of which `hotBefore` were heap-only, and 400 behind it. */
function found(hotBefore: number, hotAfter: number, madeOn = 'public.presence', updates = 400): Finding[] {
  const columns = { columns: ['seen'], isUnique: false, isPartial: false };
  const index = { name: 'presence_seen', table: madeOn, ...columns };
  const { findings } = judgeEvidence(
    evidence({
      schema: [
        look(null, 'before', [0, 0], 0),
        look('alter', 'before', [updates, hotBefore], 40_000),
        look('alter', 'after', [updates, hotBefore], 50_000),
        { type: 'dependencies', step: 'alter', tMs: 0, changes: [{ kind: 'index-made', index }] },
        look(null, 'after', [2 * updates, hotBefore + hotAfter], 170_000),
      ],
    }),
  );
  return findings;
}

test('an index that ends heap-only updates is told with the shares and the WAL of an update', () => {
  const [finding, ...others] = found(380, 0);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ check: 'hotUpdates', status: 'warn', step: 'alter', measured: 0 });
  expect(finding?.message).toBe(
    'Step 1 alter: behind it 0 % of the updates of presence are heap-only, before it 95 % were (400 and 400 updates), and an update writes 300 B of WAL instead of 100 B. ' +
      'The updates change a column of presence_seen: each of them now writes to every index of the table, and leaves a dead entry in it.',
  );
});

test('nothing is told where the share stayed, was small before, or is of another table or too few updates', () => {
  expect(found(380, 300)).toEqual([]);
  expect(found(150, 0)).toEqual([]);
  expect(found(380, 0, 'public.others')).toEqual([]);
  expect(found(27, 0, 'public.presence', 29)).toEqual([]);
});
