import pg from 'pg';
import { expect, test } from 'vitest';
import { RefusalWitness } from './refusal.ts';

function refused(message: string, code = '42501'): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });
}

test.each([
  ['select * from orders', ['select']],
  ['select 1 from orders for update', ['select', 'update']],
  ['insert into orders values (1)', ['insert']],
  [
    'insert into app."orders" (id) values (1) on conflict (id) do update set id = 2',
    ['select', 'insert', 'update'],
  ],
  ['insert into other select * from orders', ['select']],
  ['update only orders set id = 1', ['select', 'update']],
  ['with gone as (delete from orders returning *) select * from gone', ['select', 'delete']],
])('%s needs %j on orders', (sql, privileges) => {
  const witness = new RefusalWitness(undefined);
  witness.sent('set local role "App"');
  witness.sent(sql);
  expect(witness.refusal(refused('permission denied for table orders'))).toEqual({ role: 'App', privileges });
});

test('nothing is told of another error, of a role that is not known, or after RESET ROLE', () => {
  const witness = new RefusalWitness('app');
  witness.sent('select * from orders');
  expect(witness.refusal(refused('relation "orders" does not exist', '42P01'))).toBeUndefined();
  expect(witness.refusal(refused('permission denied for table orders'))).toEqual({
    role: 'app',
    privileges: ['select'],
  });
  witness.sent('reset role');
  witness.sent('select * from orders');
  expect(witness.refusal(refused('permission denied for table orders'))).toBeUndefined();
});
