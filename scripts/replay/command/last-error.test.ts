import { expect, test } from 'vitest';
import { LastError } from './last-error.ts';

/** What is left of these, each with its SQLSTATE or none. */
function left(...statements: readonly [sql: string, sqlstate?: string][]): string | undefined {
  const last = new LastError();
  for (const [sql, code] of statements) {
    const error = code === undefined ? null : { code };
    last.note({
      sql,
      isCut: false,
      sentMs: 0,
      respondedMs: 0,
      answers: [{ command: null, notices: [], error }],
    });
  }
  return last.words?.code;
}

test('a program failed by the last error unless work went through behind it', () => {
  expect(left(['create table t ()', '42P07'], ['select 1', '25P02'], ['rollback'])).toBe('42P07');
  expect(left(['drop table t', '42P01'], ['ROLLBACK TO a'], ['select pg_advisory_unlock(7)'])).toBe('42P01');
  expect(left(['select version from schema_migrations', '42P01'], ['create table t ()'])).toBeUndefined();
  expect(left(['select 1'])).toBeUndefined();
});
