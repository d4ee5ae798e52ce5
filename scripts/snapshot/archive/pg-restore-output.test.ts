import { expect, it } from 'vitest';
import { PgRestoreOutput } from './pg-restore-output.ts';

function failure(lines: readonly string[]): unknown {
  const output = new PgRestoreOutput(() => undefined);
  for (const line of lines) output.line(line);
  const { code, message, hint } = output.failure('shop.dump', 1, () => undefined);
  return { code, message, hint };
}

it('names the object and the row of a failed COPY, and no value of it', () => {
  const said = failure([
    'pg_restore: processing data for table "public.orders"',
    'pg_restore: from TOC entry 3372; 0 16400 TABLE DATA orders shop',
    'pg_restore: error: COPY failed for table "orders": ERROR:  invalid input syntax for type integer: "Ada Lovelace"',
    'CONTEXT:  COPY orders, line 3, column id: "Ada Lovelace"',
    'pg_restore: error: a worker process died unexpectedly',
  ]);
  expect(said).toEqual({
    code: 'RESTORE_FAILED',
    message: 'shop.dump, TABLE DATA orders, row 3 of its data: invalid input syntax for type integer: "…"',
    hint: undefined,
  });
});

it('keeps the names of objects in a message', () => {
  const said = failure([
    'pg_restore: from TOC entry 3226; 2606 16394 FK CONSTRAINT orders orders_customer_fkey shop',
    'pg_restore: error: could not execute query: ERROR:  insert or update on table "orders" violates foreign key constraint "orders_customer_fkey"',
    'DETAIL:  Key (customer_id)=(5) is not present in table "customers".',
    'Command was: ALTER TABLE ONLY public.orders …',
  ]);
  expect(said).toMatchObject({
    message:
      'shop.dump, FK CONSTRAINT orders orders_customer_fkey: insert or update on table "orders" violates foreign key constraint "orders_customer_fkey"',
  });
});

it.each([
  'could not read from input file: end of file',
  'could not find block ID 3375 in archive -- possibly due to …',
])('calls an archive truncated when pg_restore says %j', (error) => {
  expect(failure([`pg_restore: error: ${error}`])).toMatchObject({
    code: 'SNAPSHOT_INVALID',
    message: 'shop.dump ends too early: the archive is truncated',
  });
});

it('tells a lost connection', () => {
  expect(
    failure(['pg_restore: error: could not execute query: server closed the connection unexpectedly']),
  ).toMatchObject({ code: 'CONNECTION_FAILED' });
});

it('tells a full disk', () => {
  expect(
    failure([
      'pg_restore: error: could not execute query: ERROR:  could not extend file "base/5/1": No space left on device',
    ]),
  ).toMatchObject({ code: 'DISK_FULL' });
});

it('says at least how it ended', () => {
  expect(failure([])).toMatchObject({ message: 'shop.dump: pg_restore ended with exit code 1' });
});
