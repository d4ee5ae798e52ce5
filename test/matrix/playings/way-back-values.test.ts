import { afterEach, expect, it } from 'vitest';
import { resultSchema } from '../../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../../support/rehearse-process.ts';
import { textsBelow, tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  await tiny?.remove();
});

const PLAN = `
  - { phase: expand, name: widen, sql: sql/widen.sql, rollback: sql/narrow.sql, lockTimeout: 1s, retries: 3 }
  - { phase: deploy, name: out, deploy: { to: new, strategy: blue-green } }
scenarios: [rollback]`;
const FILES = {
  'generate.sql': `create type state as enum ('open', 'shut');
    create table customers (id bigint primary key, name varchar(20), state state, secret text, points text);
    insert into customers select i, 'name ' || i, 'open', md5('customer ' || i), '7' from generate_series(1, 5000) i;
    create sequence more start 1000000;`,
  'workload/old/write.sql': `-- rehearse: sample id from customers.id
update customers set state = 'shut' where id = :id;`,
  'workload/old/show.sql': `-- rehearse: sample id from customers.id
select points::int from customers where id = :id;`,
  // A label can be added, and never taken back.
  'sql/widen.sql': `alter type state add value 'on hold';
alter table customers alter name type text;`,
  'sql/narrow.sql': 'alter table customers alter name type varchar(20) using left(name, 20);',
  'workload/new/read.sql': `insert into customers values (nextval('more'), 'one of the longest names', 'on hold', 'the secret', 'seven');`,
};

it('counts what the new version wrote and the one before cannot read, and what the way back cuts', async () => {
  tiny = await tinyRehearsal(PLAN, FILES);
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  if (stdout === '') throw new Error(stderr);
  const result = resultSchema.parse(JSON.parse(stdout));
  expect(code).toBe(4);
  const count = result.traffic['new']?.requests ?? 0;
  expect(count).toBeGreaterThan(0);
  const since = { table: 'public.customers', since: 'out', count };
  expect(result.wayBack).toMatchObject([
    {
      from: 'out',
      possible: false,
      valuesLost: [
        { ...since, column: 'name', how: 'cut', was: 'character varying(20)' },
        { ...since, column: 'state', how: 'unreadable', was: 'state' },
        { ...since, column: 'points', how: 'unreadable', was: 'readable by show (workload/old/show.sql:2)' },
      ],
    },
  ]);
  expect(result.pointOfNoReturn?.found).toBe('widen');
  const told = result.findings.filter(({ check }) => check === 'valuesKept').map(({ message }) => message);
  expect(told).toEqual([
    expect.stringContaining('makes customers.name character varying(20) again'),
    expect.stringContaining('have labels that state did not have before the plan'),
    expect.stringContaining('which fails on these with 22P02'),
  ]);
  // The snapshot's maker is kept beside the run as it was written; what rows hold is not.
  const judged = [...(await textsBelow(tiny.dir))].filter(([path]) =>
    /report\.|result\.json|rollback\.ndjson/.test(path),
  );
  expect(
    judged.filter(
      ([, text]) => text.includes('one of the longest names') && !text.includes('insert into customers'),
    ),
  ).toEqual([]);
}, 120_000);
