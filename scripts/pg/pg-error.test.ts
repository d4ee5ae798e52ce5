import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetNames, registerAuthorText, registerNames } from './messages/public-names.ts';
import { publicPgError, sqlstateOf } from './pg-error.ts';

function databaseError(
  code: string,
  message: string,
  extra: Partial<pg.DatabaseError> = {},
): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code, ...extra });
}

const told = (code: string, message: string, extra: Partial<pg.DatabaseError> = {}): string =>
  publicPgError(databaseError(code, message, extra)).message;

describe('publicPgError', () => {
  beforeEach(forgetNames);

  it('keeps names of tables and columns that the author wrote, and advice of PostgreSQL itself', () => {
    registerAuthorText('select nope from items');
    registerNames(['note']);
    const error = databaseError('42703', 'column "nope" does not exist', {
      position: '8',
      hint: 'Perhaps you meant to reference the column "items.note".',
    });
    expect(publicPgError(error)).toEqual({
      sqlstate: '42703',
      message: 'column "nope" does not exist',
      hint: 'Perhaps you meant to reference the column "items.note".',
      position: 8,
    });
  });

  it.each([
    ['42P01', 'relation "Orders" does not exist'],
    ['42P01', 'relation "shop.Order lines" does not exist'],
    ['42703', 'column orders.note does not exist'],
    ['42883', 'operator does not exist: text = integer'],
    ['42883', 'function touch(character varying, timestamp with time zone[]) does not exist'],
    ['42804', 'column "note" is of type character varying(20) but expression is of type jsonb'],
    ['2BP01', 'cannot drop column note of table orders because other objects depend on it'],
    ['55006', 'cannot ALTER TABLE "orders" because it has pending trigger events'],
    ['25001', 'CREATE INDEX CONCURRENTLY cannot run inside a transaction block'],
    ['42601', 'syntax error at or near ")"'],
    ['42601', 'syntax error at end of input'],
    ['42601', 'each UNION query must have the same number of columns'],
    ['22001', 'value too long for type character varying(20)'],
    ['22012', 'division by zero'],
    ['55P03', 'canceling statement due to lock timeout'],
    ['54000', 'tables can have at most 1600 columns'],
  ])('tells %s as it is: %s', (code, message) => {
    registerAuthorText('touch orders note Order "Orders" "Order lines" shop');
    expect(told(code, message)).toBe(message);
  });

  it.each([
    [
      '22P02',
      'invalid input syntax for type integer: "x" CANARY77"',
      'invalid input syntax for type integer: "…"',
    ],
    [
      '22P02',
      'invalid input syntax for type integer: "CANARY: \n"%d"',
      'invalid input syntax for type integer: "…"',
    ],
    ['22P02', 'invalid input value for enum mood: "items"', 'invalid input value for enum mood: "…"'],
    [
      '22003',
      'value "99999999999" is out of range for type integer',
      'value "…" is out of range for type integer',
    ],
    ['22008', 'date/time field value out of range: "2026-02-31"', 'date/time field value out of range: "…"'],
    ['42P01', 'relation "CANARY" does not exist', 'relation "…" does not exist'],
    ['42704', 'type "CANARY" does not exist', 'type "…" does not exist'],
    ['42883', 'function CANARY(integer) does not exist', 'function … does not exist'],
    ['42601', 'syntax error at or near "CANARY"', 'syntax error at or near "…"'],
    [
      '42601',
      'unterminated quoted string at or near "\'CANARY"',
      'unterminated quoted string at or near "…"',
    ],
    ['34000', 'cursor "CANARY" does not exist', 'cursor "…" does not exist'],
    [
      '55P04',
      'unsafe use of new value "CANARY" of enum type mood',
      'unsafe use of new value "…" of enum type mood',
    ],
  ])('takes the value out of %s: %s', (code, message, expected) => {
    registerNames(['mood', 'items']);
    expect(told(code, message)).toBe(expected);
  });

  it.each([
    ['P0001', 'CANARY owes 17.50', { routine: 'exec_stmt_raise' }],
    ['23514', 'relation "items" does not exist', { routine: 'exec_stmt_raise', constraint: 'CANARY' }],
    ['P0004', 'CANARY', { routine: 'exec_stmt_assert' }],
    ['38000', "KeyError: 'CANARY'", { routine: 'PLy_elog_impl', table: 'CANARY' }],
    ['XX000', 'CANARY', {}],
    ['ZZ123', 'items', {}],
    ['42P01', 'la relation « items » n’existe pas', {}],
  ])('tells of %s only its condition where no template of PostgreSQL fits: %s', (code, message, extra) => {
    registerNames(['items']);
    const words = told(code, message, { ...extra, hint: 'look at CANARY', detail: 'CANARY' });
    expect(words).toMatch(
      /^(\w+|SQLSTATE ZZ123)(, raised by code|,) in words that may quote rows \(they are not shown\)$/,
    );
  });

  it('names the objects that the server itself tells apart, and not those that code tells', () => {
    const said = { table: 'items', constraint: 'items_odd_key', schema: 'public' };
    const message = 'duplicate key value violates unique constraint "items_odd_key"';
    expect(told('23505', message, { ...said, file: 'plpy_elog.c' })).not.toContain('items_odd_key');
    expect(told('23505', message, { ...said, file: 'nbtinsert.c' })).toBe(message);
    expect(told('23505', 'something of a later version', said)).toContain(
      'unique_violation of table public.items of constraint items_odd_key, in words',
    );
  });

  it('never tells DETAIL, which quotes the row', () => {
    const error = databaseError('23505', 'duplicate key value violates unique constraint "users_email_key"', {
      detail: 'Key (email)=(ada@example.com) already exists.',
    });
    expect(JSON.stringify(publicPgError(error))).not.toContain('ada@example.com');
  });

  it('takes milliseconds for a megabyte', () => {
    const startedMs = performance.now();
    told('22P02', `invalid input syntax for type integer: "${'" for "'.repeat(200_000)}"`);
    told('42P01', 'relation "'.repeat(100_000));
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('has no SQLSTATE for what did not come from PostgreSQL', () => {
    expect(publicPgError(new Error('Connection terminated unexpectedly'))).toEqual({
      sqlstate: null,
      message: 'Connection terminated unexpectedly',
    });
    expect(sqlstateOf(new Error('x'))).toBeUndefined();
  });
});
