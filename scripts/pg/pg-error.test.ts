import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { publicPgError, sqlstateOf } from './pg-error.ts';

function databaseError(
  code: string,
  message: string,
  extra: Partial<pg.DatabaseError> = {},
): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code, ...extra });
}

describe('publicPgError', () => {
  it('keeps names of tables and columns', () => {
    const error = databaseError('42703', 'column "nope" does not exist', {
      position: '8',
      hint: 'Perhaps "note".',
    });
    expect(publicPgError(error)).toEqual({
      sqlstate: '42703',
      message: 'column "nope" does not exist',
      hint: 'Perhaps "note".',
      position: 8,
    });
  });

  it('never tells DETAIL, which quotes the row', () => {
    const error = databaseError('23505', 'duplicate key value violates unique constraint "users_email_key"', {
      detail: 'Key (email)=(ada@example.com) already exists.',
    });
    expect(JSON.stringify(publicPgError(error))).not.toContain('ada@example.com');
  });

  it.each([
    ['22P02', 'invalid input syntax for type integer: "ada@example.com"', 'ada'],
    ['22003', 'value "99999999999" is out of range for type integer', '9999'],
    ['22008', 'date/time field value out of range: "2026-02-31"', '2026'],
    ['P0001', "customer 'Ada' owes 17.50", '17'],
  ])('takes the value out of the message of %s', (code, message, value) => {
    const told = publicPgError(databaseError(code, message));
    expect(told.sqlstate).toBe(code);
    expect(told.message).not.toContain(value);
  });

  it('has no SQLSTATE for what did not come from PostgreSQL', () => {
    expect(publicPgError(new Error('Connection terminated unexpectedly'))).toEqual({
      sqlstate: null,
      message: 'Connection terminated unexpectedly',
    });
    expect(sqlstateOf(new Error('x'))).toBeUndefined();
  });
});
