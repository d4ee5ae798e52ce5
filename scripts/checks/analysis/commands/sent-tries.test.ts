import { expect, test } from 'vitest';
import { evidence, plannedStep, statementRecord } from '../../evidence/evidence-fixture.ts';
import { OwnWaits } from '../waits/own-waits.ts';
import { sentTries } from './sent-tries.ts';
import type { SentRecord } from './sent-statements.ts';

const CHECK = 'alter table orders add constraint small check (state < 8)';

/** Two statements of one transaction, as they are known of a foreign program. */
function sent(sql: string, command: string, sentMs: number, respondedMs: number): SentRecord {
  const record = statementRecord({ sql, command, sentMs, respondedMs, releasedMs: 5220, capture: 'outside' });
  return { ...record, pid: 42, locks: [], newLocks: [], isSent: true };
}

test('a table was rewritten by the statement that names it, even where a slow look dates its lock back to the longer one before', () => {
  const run = {
    planned: plannedStep('alter'),
    sent: [sent(CHECK, 'ALTER TABLE', 5000, 5050), sent('truncate items', 'TRUNCATE', 5055, 5060)],
    statements: [],
    index: 1,
    end: undefined,
    failedTries: [],
    window: null,
  };
  const lock = { pid: 42, relation: 'public.items', mode: 'AccessExclusiveLock', granted: true };
  const { locks, schema } = evidence({
    locks: [{ ...lock, step: 'alter', tMs: 5052, lastMs: 5210 }],
    schema: [
      {
        type: 'whole-tables',
        step: 'alter',
        tMs: 5300,
        tables: [{ table: 'public.items', isRewritten: true, readRows: 0 }],
      },
    ],
  });
  const tries = sentTries(run, locks ?? [], new OwnWaits([], []), { schema });
  expect(tries.map(({ record }) => [record.sql, record.rewrote])).toEqual([
    [CHECK, []],
    ['truncate items', ['public.items']],
  ]);
});
