import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';

/** What grown migrations have: seeds, rules, domains, partitions, tables that refer to each other, a policy for a role. */
const MIGRATIONS: Readonly<Record<string, string>> = {
  '0001_people.sql': `
    create domain email_address as text check (value ~ '^[^@ ]+@[^@ ]+[.][a-z]+$');
    create table countries (code char(2) primary key check (code ~ '^[A-Z]{2}$'));
    insert into countries values ('DE'), ('FR');
    create table people (id uuid primary key default gen_random_uuid(), email email_address not null unique, name text,
      country char(2) not null references countries, boss uuid references people,
      percent numeric(3,2) not null check (percent between 0 and 1), born date check (born < '2020-01-01'));
    insert into people (email, name, country, percent) values ('admin@example.com', 'admin', 'DE', 1);`,
  '0002_orders.sql': `
    create table orders (id bigserial primary key, person uuid not null references people, kind text not null check (kind in ('web', 'shop')),
      code text not null check (length(code) = 5), placed timestamptz not null default now(), sent timestamptz not null, check (sent > placed),
      during tstzrange not null, exclude using gist (during with &&));
    create table order_people (order_id bigint references orders, person uuid references people, share int not null check (share > 0 and share <= 100),
      primary key (order_id, person));
    create function touch() returns trigger language plpgsql as $$ begin new.code := new.code; return new; end; $$;
    create trigger touch before insert on orders for each row execute function touch();`,
  '0003_events.sql': `
    create table events (at timestamptz not null default '2000-01-01', place int, note text, primary key (place, at)) partition by range (at);
    create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01') partition by list (place);
    create table events_1_1 partition of events_1 for values in (7, 8);
    create table departments (id int generated always as identity primary key, head int);
    create table workers (id int generated always as identity primary key, department int not null references departments);
    alter table departments add foreign key (head) references workers;`,
  '0004_name_is_told.sql': 'alter table people alter column name set not null;',
};

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rehearse-init-'));
  for (const [name, text] of Object.entries(MIGRATIONS)) {
    await mkdir(dirname(join(cwd, 'sql', name)), { recursive: true });
    await writeFile(join(cwd, 'sql', name), text);
  }
});
afterAll(() => rm(cwd, { recursive: true }));

test('tables with seeds, rules and partitions get rows that keep them, some without a value where that may be', async () => {
  const made = await runCli(['init', '--from', 'sql'], { cwd });
  expect([made.code, made.stdout]).toEqual([0, 'wrote rehearsals/name-is-told\n']);
  expect(made.stderr).toBe(`4 migrations of no known tool in sql
a migration fails on the rows that are here: sql/0004_name_is_told.sql:1 column "name" of relation "people" contains null values (23502)
rehearses 0004_name_is_told
next: rehearse run rehearsals/name-is-told; rehearse check rehearsals/name-is-told lists what is guessed
`);
  const generator = await readFile(join(cwd, 'rehearsals/name-is-told/snapshot/generate.sql'), 'utf8');
  const filled = [...generator.split('The rows are invented')[1]!.matchAll(/^insert into (\w+)/gm)];
  expect(filled.map(([, name]) => name).sort()).toEqual([
    'countries',
    'departments',
    'events',
    'order_people',
    'orders',
    'people',
    'workers',
  ]);
  const scripts = await readdir(join(cwd, 'rehearsals/name-is-told/workload/app'));
  expect(scripts).toEqual(expect.arrayContaining(['orders-new.sql', 'people-new.sql', 'people-change.sql']));
}, 120_000);
