import { expect, test } from 'vitest';
import { HEAD, mistakesIn } from '../read.fixture.ts';

const plan = (...steps: string[]): string => `${HEAD}plan:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
const SOAK = '{ phase: expand, soak: 1s }';

test('every mistake of a file is told at once, with its line, its key and what to write', async () => {
  const yaml = `version: 2
name: Bad Name
snapshot: { source: gone.dump, takenAt: yesterday }
postgress: {}
postgres:
  version: 16.2
  port: 0
  standby: yes
  settings: { 1x: 3, ok: [1], PORT: 5 }
hosts:
  primary: { cpu: none, memory: 4 }
load:
  rate: 400/m
  connections: lots
  warmup: 5
  versions: { old: nowhere, 1: old }
budgets: { lockWait: fast, error: 0, blockedSeconds: -1 }
plan:
  - { phase: expnad, sql: sql/gone.sql, lockTimeout: 2 }
  - { phase: backfill, backfil: { table: t } }
  - { phase: deploy, deploy: { to: odl, stratgy: rolling }, transaction: single }
  - { sql: a.sql, soak: 30s }
  - { phase: expand, nam: x }
  - 7
  -
  - phase: backfill
    backfill:
      table: drop table
      key: a b
      set: |
        x = = 1
      where: x > 1)
      batchTarget: 0ms
  - { phase: expand, soak: 1s, pointOfNoReturn: 1, retries: 1.5, rollback: sql }
  - { phase: expand, sql: [] }
  - { phase: expand, command: "" }
`;
  expect(await mistakesIn(yaml)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:1 version: 2 is not a version that is known here; write 1",
      "r/rehearsal.yaml:2 name: Bad Name is not a name of small letters, digits and dashes, such as split-customer-name",
      "r/rehearsal.yaml:3 snapshot.takenAt: yesterday is not an ISO 8601 date and time with its zone; write 2026-11-20T02:00:00Z",
      "r/rehearsal.yaml:3 snapshot.source: there is no file gone.dump",
      "r/rehearsal.yaml:4 postgress: unknown key; did you mean postgres?",
      "r/rehearsal.yaml:6 postgres.version: 16.2 is not a major version from 10 to 99; write 16",
      "r/rehearsal.yaml:7 postgres.port: 0 is not a port from 1 to 65535; write 5499",
      "r/rehearsal.yaml:8 postgres.standby: yes is not true or false; write true",
      "r/rehearsal.yaml:9 postgres.settings.1x: 1x is not a setting name",
      "r/rehearsal.yaml:9 postgres.settings.ok: a list is not the value of a setting; write a text, a number, true or false",
      "r/rehearsal.yaml:9 postgres.settings.PORT: is set by the target",
      "r/rehearsal.yaml:11 hosts.primary.cpu: none is not a number of CPUs from 0.1 to 1024; write 2",
      "r/rehearsal.yaml:11 hosts.primary.memory: 4 has no unit; write 4MB or 4GB",
      "r/rehearsal.yaml:13 load.rate: 400/m is not a rate; write 400/s",
      "r/rehearsal.yaml:14 load.connections: lots is not a number of connections from 1 to 10000; write 20",
      "r/rehearsal.yaml:15 load.warmup: 5 has no unit; write 5s or 5ms",
      "r/rehearsal.yaml:16 load.versions.1: 1 is not a version name, which starts with a letter",
      "r/rehearsal.yaml:16 load.versions.old: there is no folder nowhere",
      "r/rehearsal.yaml:17 budgets.lockWait: fast is not a duration; write 500ms",
      "r/rehearsal.yaml:17 budgets.blockedSeconds: -1 is not a number of seconds from 0 to 1000000000; write 30s",
      "r/rehearsal.yaml:17 budgets.error: unknown key; did you mean errors?",
      "r/rehearsal.yaml:19 plan[0].phase: expnad is not a phase; did you mean expand?",
      "r/rehearsal.yaml:19 plan[0].lockTimeout: 2 has no unit; write 2s or 2ms",
      "r/rehearsal.yaml:19 plan[0].sql: there is no file sql/gone.sql",
      "r/rehearsal.yaml:20 plan[1].backfil: unknown key; did you mean backfill?",
      "r/rehearsal.yaml:21 plan[2].deploy.stratgy: unknown key; did you mean strategy?",
      "r/rehearsal.yaml:21 plan[2].transaction: not a key of a deploy step",
      "r/rehearsal.yaml:21 plan[2].deploy.to: odl is not in load.versions; did you mean old?",
      "r/rehearsal.yaml:22 plan[3].phase: missing; write expand, deploy, backfill, switch or contract",
      "r/rehearsal.yaml:22 plan[3]: a step has only one of sql, command, deploy, backfill, soak, verify, maintenance; here are sql and soak",
      "r/rehearsal.yaml:23 plan[4].nam: unknown key; did you mean name?",
      "r/rehearsal.yaml:23 plan[4]: this step does not say what it is; write sql, command, deploy, backfill, soak, verify or maintenance",
      "r/rehearsal.yaml:24 plan[5]: 7 is not a step; write a map with sql, command, deploy, backfill, soak, verify or maintenance",
      "r/rehearsal.yaml:25 plan[6]: an empty value is not a step; write a map with sql, command, deploy, backfill, soak, verify or maintenance",
      "r/rehearsal.yaml:28 plan[7].backfill.table: drop table is not a table; write customers or public.customers",
      "r/rehearsal.yaml:29 plan[7].backfill.key: a b is not a column; write id",
      "r/rehearsal.yaml:30 plan[7].backfill.set: is not a SET list of UPDATE … SET: syntax error at or near "="",
      "r/rehearsal.yaml:32 plan[7].backfill.where: is not a condition of UPDATE … WHERE: syntax error at or near ")"",
      "r/rehearsal.yaml:33 plan[7].backfill.batchTarget: 0ms is not a duration above zero; write 50ms",
      "r/rehearsal.yaml:34 plan[8].retries: 1.5 is not a number of retries from 0 to 1000; write 10",
      "r/rehearsal.yaml:34 plan[8].pointOfNoReturn: 1 is not true or false; write true",
      "r/rehearsal.yaml:34 plan[8].rollback: sql is not a file, but a folder; name the files in it that are meant: sql/1-expand.sql, sql/2-verify.sql, sql/undo.sql",
      "r/rehearsal.yaml:35 plan[9].sql: names no file",
      "r/rehearsal.yaml:36 plan[10].command: an empty text is not a command, such as npx prisma migrate deploy",
    ]
  `);
});

test.each([
  ['', '1 the file is empty; docs/config.md shows what it can hold'],
  ['# only a comment\n', '1 the file is empty; docs/config.md shows what it can hold'],
  ['hello', '1 hello is not a map of keys'],
  [
    'version: 1\nname: [a\n',
    '3 not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['load: { rate: ${RATE} }', '1 inside { } and [ ] write "${NAME}" in quotes'],
  ['version: 1\nplan: *steps\n', '2 *steps stands for nothing: there is no &steps before it'],
  ['name: !secret x\n', '1 not YAML: Unresolved tag: !secret'],
])('%j is refused before anything else is looked at', async (yaml, mistake) => {
  expect(await mistakesIn(yaml)).toEqual([`r/rehearsal.yaml:${mistake}`]);
});

test('a key that is there twice is told beside all other mistakes', async () => {
  expect(await mistakesIn(plan(SOAK, '{ phase: expand, soak: 1s, "soak": 2s, x: 1 }'))).toEqual([
    'r/rehearsal.yaml:8 the key "soak" is there twice',
    'r/rehearsal.yaml:8 plan[1].x: unknown key',
  ]);
  expect(await mistakesIn(`${plan(SOAK)}Two Words : 1\nTwo Words: 2\n`)).toContain(
    'r/rehearsal.yaml:9 the key Two Words is there twice',
  );
});

test('an alias is checked where it is used, and merged keys count', async () => {
  const step = '{ <<: &base { phase: expand, retries: many }, soak: 1s }';
  expect(await mistakesIn(plan(step, '{ <<: *base, soak: 1s }'))).toEqual([
    'r/rehearsal.yaml:7 plan[0].retries: this is not a number of retries from 0 to 1000; write 10',
    'r/rehearsal.yaml:8 plan[1].retries: this is not a number of retries from 0 to 1000; write 10',
  ]);
});

test('hosts have one of three roles, and limits that the host can live with', async () => {
  const hosts = `hosts:
  primry: {}
  replica: { cpu: 2 }
  primary: { memory: 127MB, disk: 50, disc: 50MB/s }
  standby: { memory: 1MB, disk: 50MB, link: 100mbit }
  driver: { memory: 64MB, link: { rate: 100Mbit, delay: 2, jitter: 1ms } }
`;
  expect(await mistakesIn(`${hosts}${plan(SOAK)}`)).toEqual([
    'r/rehearsal.yaml:2 hosts.primry: unknown key; did you mean primary?',
    'r/rehearsal.yaml:3 hosts.replica: unknown key; write primary, standby or driver',
    'r/rehearsal.yaml:4 hosts.primary.memory: 127MB is too little for PostgreSQL to start in; write 128MB or more',
    'r/rehearsal.yaml:4 hosts.primary.disk: 50 has no unit; write 50MB/s',
    'r/rehearsal.yaml:4 hosts.primary.disc: unknown key; did you mean disk?',
    'r/rehearsal.yaml:5 hosts.standby.memory: 1MB is too little for PostgreSQL to start in; write 128MB or more',
    'r/rehearsal.yaml:5 hosts.standby.disk: 50MB is not a throughput; write 50MB/s',
    'r/rehearsal.yaml:5 hosts.standby.link: 100mbit is not a map of keys',
    'r/rehearsal.yaml:6 hosts.driver.link.rate: 100Mbit is not the rate of a link; write 100mbit',
    'r/rehearsal.yaml:6 hosts.driver.link.delay: 2 has no unit; write 2s or 2ms',
    'r/rehearsal.yaml:6 hosts.driver.link.jitter: unknown key; write rate or delay',
  ]);
});

test('no more driver hosts than connections share the load, and no more than a target gives', async () => {
  const hosts = (count: number): string =>
    plan(SOAK).replace('400/s,', '400/s, connections: 2,') + `hosts: { driver: { count: ${count} } }\n`;
  expect(await mistakesIn(hosts(3))).toEqual([
    'r/rehearsal.yaml:8 hosts.driver.count: 3 hosts cannot share 2 connections; write 2 at most, or raise load.connections',
  ]);
  expect(await mistakesIn(hosts(17))).toEqual([
    'r/rehearsal.yaml:8 hosts.driver.count: 17 is not a number of hosts from 1 to 16; write 2',
  ]);
});

test('an empty file of keys names each key that must be there', async () => {
  expect(await mistakesIn('{}')).toEqual([
    'r/rehearsal.yaml:1 version: missing; write 1',
    'r/rehearsal.yaml:1 name: missing; write a name of small letters, digits and dashes, such as split-customer-name',
    'r/rehearsal.yaml:1 snapshot: missing; write source, physical, generator, synthesize or command',
    'r/rehearsal.yaml:1 load: missing',
    'r/rehearsal.yaml:1 plan: missing; write the steps as a list',
  ]);
});

test.each([
  ['[]', 'has no step'],
  ['', 'an empty value is not a list of steps'],
  ['5', '5 is not a list of steps'],
])('a plan of %j is a mistake', async (value, message) => {
  expect(await mistakesIn(`${HEAD}plan: ${value}\n`)).toEqual([`r/rehearsal.yaml:6 plan: ${message}`]);
});

test('a snapshot that is two things is a mistake', async () => {
  const yaml = plan(SOAK).replace('generator: gen.sql', 'generator: gen.sql, source: x, takenAt: 2026-11-20');
  expect(await mistakesIn(yaml)).toEqual([
    'r/rehearsal.yaml:3 snapshot.takenAt: 2026-11-20 is not an ISO 8601 date and time with its zone; write 2026-11-20T02:00:00Z',
    'r/rehearsal.yaml:3 snapshot: a snapshot has only one of source, physical, generator, synthesize, command; here are source and generator',
  ]);
});

test('syntax errors in every SQL file are told with the line in that file, each once', async () => {
  const files = {
    'r/gen.sql': 'create table t (id int);\ncopy t from stdin;\n1\n\\.\nselect from from;\n',
    'r/a.sql': "-- é\n\nselect 'é' frm x y;\n",
    'r/b.sql': '\\i a.sql\n',
    'r/c.sql': 'select (',
    'shared/d.sql': 'selec 1;',
    'r/latin1.sql': new Uint8Array([0x2d, 0x2d, 0xe9]),
    'r/empty.sql': '-- nothing yet\n',
  };
  const yaml = plan(
    '{ phase: expand, sql: [a.sql, b.sql, a.sql], rollback: c.sql }',
    '{ phase: expand, verify: ../shared/d.sql, rollback: latin1.sql }',
    '{ phase: expand, sql: a.sql, name: again, rollback: empty.sql }',
    '{ phase: expand, sql: empty.sql }',
  );
  expect(await mistakesIn(yaml, files)).toEqual([
    'r/gen.sql:5 syntax error (column 13)',
    'r/c.sql:1 syntax error at end of input (column 9)',
    'r/a.sql:3 syntax error at or near "x" (column 16)',
    'r/b.sql:1 psql commands such as \\i or \\set are not SQL (column 1)',
    'r/latin1.sql is not UTF-8 text',
    'shared/d.sql:1 syntax error at or near "selec" (column 1)',
    'r/rehearsal.yaml:10 plan[3].sql: empty.sql holds no SQL statement',
  ]);
});

test.each([
  ['create table t (id text);\nada lovelace;\n', 'syntax error (column 1)'],
  ["select 1;\nselect 'ada\nlovelace", 'unterminated quoted string (column 8)'],
  ['select 1;\ncreate role x "ada";\n', 'unrecognized role option "…" (column 15)'],
])('a syntax error in what makes the rows is told without them: %j', async (sql, message) => {
  expect(await mistakesIn(plan(SOAK), { 'r/gen.sql': sql })).toEqual([`r/gen.sql:2 ${message}`]);
});

test('missing files and folders are told where they are named', async () => {
  const yaml = plan(
    '{ phase: expand, sql: [sql/1-expand.sql, sql/gone.sql], rollback: undo/gone.sql }',
    '{ phase: expand, verify: sql }',
  ).replace('{ old: old, new: new }', '{ old: sql/1-expand.sql, new: bare, sub: onlysub }');
  const files = { 'r/bare/readme.md': '', 'r/onlysub/x.sql/y.txt': '', 'r/sql/undo.sql': 'delet from t' };
  expect(await mistakesIn(yaml, files)).toEqual([
    'r/rehearsal.yaml:4 load.versions.old: there is no folder sql/1-expand.sql',
    'r/rehearsal.yaml:4 load.versions.new: the folder bare has no script (*.sql)',
    'r/rehearsal.yaml:7 plan[0].rollback: there is no file undo/gone.sql',
    'r/rehearsal.yaml:7 plan[0].sql[1]: there is no file sql/gone.sql',
    'r/rehearsal.yaml:8 plan[1].verify: sql is not a file, but a folder; name the files in it that are meant: sql/1-expand.sql, sql/2-verify.sql, sql/undo.sql',
    'r/onlysub/x.sql is not a file',
    'r/sql/undo.sql:1 syntax error at or near "delet" (column 1)',
  ]);
});

test('a deploy goes to a version that is there, and forward', async () => {
  const to = (version: string): string => `{ phase: deploy, deploy: { to: ${version} } }`;
  expect(await mistakesIn(plan(to('old'), to('new'), to('old'), to('nwe'), to('canary')))).toEqual([
    'r/rehearsal.yaml:7 plan[0].deploy.to: the traffic is on old already',
    'r/rehearsal.yaml:9 plan[2].deploy.to: old comes before new in load.versions: a deploy goes forward',
    'r/rehearsal.yaml:10 plan[3].deploy.to: nwe is not in load.versions; did you mean new?',
    'r/rehearsal.yaml:11 plan[4].deploy.to: canary is not in load.versions; write old or new',
  ]);
});

test('names that are given twice are a mistake', async () => {
  const yaml = plan(
    '{ phase: expand, soak: 1s, name: a }',
    '{ phase: expand, soak: 1s, name: a }',
    '{ phase: expand, soak: 1s, name: start }',
  );
  expect(await mistakesIn(yaml)).toEqual([
    'r/rehearsal.yaml:8 plan[1].name: a is the name of another step too',
    'r/rehearsal.yaml:9 plan[2].name: start is the state before the first step',
  ]);
});

test('statements that do not fit the transaction mode are told in their file', async () => {
  const files = {
    'r/cic.sql': 'select 1;\ncreate index concurrently i on t (x);\nbegin;\nselect 1;\ncommit;\n',
    'r/open.sql': 'begin;\nvacuum t;\n',
  };
  const yaml = plan(
    '{ phase: expand, sql: cic.sql, transaction: single }',
    '{ phase: expand, sql: cic.sql, transaction: none, name: x }',
    '{ phase: expand, sql: open.sql }',
  );
  expect(await mistakesIn(yaml, files)).toEqual([
    'r/cic.sql:2 create index concurrently i … cannot run in a transaction; write transaction: none, or a step of its own',
    'r/cic.sql:3 begin cannot stand in a step with transaction: single',
    'r/cic.sql:3 begin cannot stand in a step with transaction: none',
    'r/cic.sql:5 commit cannot stand in a step with transaction: single',
    'r/cic.sql:5 commit cannot stand in a step with transaction: none',
    'r/open.sql:1 the transaction that begins here is never ended; write COMMIT',
    'r/open.sql:2 vacuum t cannot run in a transaction, and BEGIN on line 1 opened one',
  ]);
});
