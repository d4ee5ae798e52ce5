import { expect, test } from 'vitest';
import { splitSql } from '../../../pg/sql/split.ts';
import type { TransactionMode } from '../../model.ts';
import { transactionMistakes } from './transactions.ts';

/** The mistakes as `file:line message`; each text is a file a.sql, b.sql … of one step. */
async function mistakes(transaction: TransactionMode, ...texts: string[]): Promise<string[]> {
  const files = [];
  for (const [index, text] of texts.entries()) {
    const split = await splitSql(text);
    if (!split.ok) throw new Error(split.error.message);
    files.push({ file: `${'abc'[index] ?? ''}.sql`, text, statements: split.statements });
  }
  return transactionMistakes(transaction, files).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  );
}

test('plain statements fit every mode', async () => {
  for (const mode of ['as-written', 'single', 'none'] as const)
    expect(await mistakes(mode, 'alter table t add x int;\nselect 1;', '')).toEqual([]);
});

test('single refuses what cannot run in a transaction and what controls one, but not savepoints', async () => {
  const sql = 'savepoint a;\nrelease a;\nvacuum t;\ncall p();\nbegin;\ncommit;';
  expect(await mistakes('single', sql)).toEqual([
    'a.sql:3 vacuum t cannot run in a transaction; write transaction: none, or a step of its own',
    'a.sql:4 call p() may end the transaction; write transaction: none, or a step of its own',
    'a.sql:5 begin cannot stand in a step with transaction: single',
    'a.sql:6 commit cannot stand in a step with transaction: single',
  ]);
});

test('none refuses everything that controls a transaction', async () => {
  expect(await mistakes('none', 'vacuum t;\nstart transaction;\nsavepoint a;\nend;')).toEqual([
    'a.sql:2 start transaction cannot stand in a step with transaction: none',
    'a.sql:3 savepoint a cannot stand in a step with transaction: none',
    'a.sql:4 end cannot stand in a step with transaction: none',
  ]);
});

test('as written, a block may reach over files of a step and must be ended', async () => {
  expect(await mistakes('as-written', 'begin;\nselect 1;', 'commit;\nvacuum t;')).toEqual([]);
  expect(await mistakes('as-written', 'select 1;\nbegin;', 'create index concurrently i on t (x);')).toEqual([
    'b.sql:1 create index concurrently i … cannot run in a transaction, and BEGIN on line 2 of a.sql opened one',
    'a.sql:2 the transaction that begins here is never ended; write COMMIT',
  ]);
  expect(await mistakes('as-written', 'begin;\ncommit and chain;\nselect 1;')).toEqual([
    'a.sql:1 the transaction that begins here is never ended; write COMMIT',
  ]);
  expect(await mistakes('as-written', 'begin;\ncommit and no chain;\nvacuum t;')).toEqual([]);
});

test('CALL and DO inside a block are left to PostgreSQL', async () => {
  expect(await mistakes('as-written', 'begin;\ncall p();\ndo $$begin commit; end$$;\nrollback;')).toEqual([]);
});
