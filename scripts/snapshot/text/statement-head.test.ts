import { expect, it } from 'vitest';
import { statementHead } from './statement-head.ts';

const head = (sql: string): string =>
  statementHead({ type: 'statement', bytes: Buffer.from(sql), line: 1, words: [], copiesStdin: false });

it.each([
  ['CREATE TABLE public.orders (\n id int);', 'CREATE TABLE public.orders'],
  ['create unique index on public."my orders"(id);', 'create unique index on public."my orders"'],
  [
    'ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);',
    'ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey',
  ],
  ['COPY public.orders (id, name) FROM stdin;', 'COPY public.orders'],
  ["INSERT INTO public.orders VALUES (1, 'Ada');", 'INSERT INTO public.orders'],
  ["insert into orders select 'Ada';", 'insert into orders'],
  ["UPDATE orders SET name = 'Ada';", 'UPDATE orders'],
  ["select set_config('a', 'secret', false);", 'select set_config'],
  ['SET row_security = off;', 'SET row_security'],
  ["DO $$ begin perform 'Ada'; end $$;", 'DO'],
  ['delete from orders where id = 5;', 'delete from orders where id'],
  ['(select 1);', ''],
  ['Ada Lovelace;', ''],
  ['set application_name to ada;', 'set application_name'],
])('names %j without any value', (sql, expected) => {
  expect(head(sql)).toBe(expected);
});
