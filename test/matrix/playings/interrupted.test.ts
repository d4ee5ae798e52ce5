import { afterEach, describe, expect, it } from 'vitest';
import { resultSchema, type Result } from '../../../scripts/checks/result/contract/result.ts';
import { needs } from '../../support/needs.ts';
import { rehearse } from '../../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  await tiny?.remove();
});

async function run(
  plan: string,
  files: Readonly<Record<string, string>>,
  scenarios: string,
): Promise<Result> {
  tiny = await tinyRehearsal(`${plan}\nscenarios: ${scenarios}`, files);
  const { stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  if (stdout === '') throw new Error(stderr);
  return resultSchema.parse(JSON.parse(stdout));
}

/** What a busy machine adds is inconclusive, and no word about the plan. */
const failed = ({ findings }: Result): unknown[] =>
  findings
    .filter(({ status }) => status === 'fail')
    .map(({ check, step, sqlstate }) => [check, step, sqlstate]);

const WRITES = {
  'workload/old/write.sql': `-- rehearse: sample id from customers.id
update customers set secret = secret || '.' where id = :id;`,
};

describe('a server that crashes in the middle of each step', () => {
  it('comes back, undoes what was open, leaves half an index and no row of a backfill twice, and no request counts against the plan', async () => {
    const plan = `
  - { phase: expand, name: add, sql: sql/add.sql }
  - { phase: expand, name: index, sql: sql/index.sql }
  - { phase: backfill, name: fill, backfill: { table: customers, key: id, batchTarget: 5ms, set: full_name = name, where: full_name is null } }`;
    const result = await run(
      plan,
      {
        ...WRITES,
        'sql/add.sql': 'alter table customers add column full_name text;',
        'sql/index.sql': 'create index concurrently customers_by_name on customers (name);',
      },
      '[{ interrupted: { how: [server] } }]',
    );
    expect(result.interruptions).toMatchObject([
      { step: 'add', how: 'server', moment: 'open', secondTry: 'ok', leftovers: [] },
      {
        step: 'index',
        how: 'server',
        moment: 'running',
        secondTry: '42P07',
        leftovers: [{ kind: 'index', remedy: 'drop index concurrently public.customers_by_name;' }],
      },
      { step: 'fill', how: 'server', cuts: 3, secondTry: 'ok', rowsTwice: 0, rowsLeftOut: 0, leftovers: [] },
    ]);
    for (const { downMs } of result.interruptions ?? []) expect(downMs).toBeGreaterThan(0);
    expect(failed(result)).toEqual([['repeatable', 'index', '42P07']]);
    expect(result.findings.filter(({ check }) => check === 'serverPresence')).toEqual([]);
  });
});

describe.skipIf(!needs('psql', 'as the command that is cut off'))('a command that is cut off', () => {
  const plan = `
  - { phase: expand, name: again, command: 'psql -v ON_ERROR_STOP=1 -qf sql/again.sql' }
  - { phase: expand, name: tool, command: 'psql -v ON_ERROR_STOP=1 -qf sql/tool.sql' }
  - { phase: expand, name: behind, sql: sql/behind.sql }`;
  /** Notes that it is at work as golang-migrate does, and will not begin while that is noted. */
  const tool = `create table if not exists schema_migrations (version bigint primary key, dirty boolean not null);
select 1 / (case when exists (select from schema_migrations where dirty) then 0 else 1 end);
truncate schema_migrations; insert into schema_migrations values (1, true);
alter table customers add column note text;
create table more (id int);
create table yet_more (id int);
truncate schema_migrations; insert into schema_migrations values (1, false);`;

  it('runs again in each way; a second try that fails ends the playing, with the lock that it left and what releases it', async () => {
    const result = await run(
      plan,
      {
        ...WRITES,
        'sql/again.sql': `begin;
alter table customers add column if not exists full_name text;
create index if not exists customers_by_name on customers (name);
commit;
create table if not exists other (id int);`,
        'sql/tool.sql': tool,
        'sql/behind.sql': 'create table if not exists behind (id int);',
      },
      '[interrupted]',
    );
    const again = { step: 'again', secondTry: 'ok', leftovers: [], file: null };
    const stuck = {
      step: 'tool',
      secondTry: '22012',
      leftovers: [
        {
          kind: 'tool-lock',
          name: 'public.schema_migrations',
          remedy: 'migrate force <the version before it>',
        },
      ],
    };
    expect(result.interruptions).toMatchObject([
      { ...again, how: 'session' },
      { ...again, how: 'client' },
      { ...again, how: 'server' },
      { ...stuck, how: 'session' },
      { ...stuck, how: 'client' },
      { ...stuck, how: 'server' },
    ]);
    for (const { statement } of result.interruptions ?? []) expect(statement).toMatch(/^(alter|create) /);
    const finding = result.findings.find(({ check }) => check === 'repeatable');
    expect(finding?.message).toContain(
      'The first try left behind: the lock of golang-migrate in schema_migrations.',
    );
    expect(finding?.advice).toContain('migrate force');
    // Nobody but its author knows how to go on, so nothing is played behind it, and all until then is on record.
    expect(result.playings?.played.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail']);
    expect(result.steps.map(({ name, status, attempts }) => [name, status, attempts])).toEqual([
      ['again', 'ok', 2],
      ['tool', 'failed', 2],
      ['behind', 'skipped', 0],
    ]);
    const found = result.findings.filter(({ status }) => status === 'fail');
    expect(found.map(({ check, step }) => `${check} ${step ?? ''}`).toSorted()).toEqual([
      'repeatable tool',
      'steps tool',
    ]);
    expect(result.compatibility.filter(({ after }) => after === 'tool')).not.toEqual([]);
    expect(result.traffic['old']?.requests).toBeGreaterThan(0);
  });
});

describe('rows that a step leaves when its client was gone, beside the quiet playing', () => {
  const plan = `
  - { phase: expand, name: add, sql: sql/add.sql }
  - { phase: backfill, name: fill, backfill: { table: customers, key: id, batchTarget: 5ms, set: full_name = secret, where: full_name is null } }
  - { phase: backfill, name: count, backfill: { table: customers, key: id, batchTarget: 5ms, set: visits = visits + 1 } }
  - { phase: switch, name: bump, sql: sql/bump.sql }
  - { phase: switch, name: log, sql: sql/log.sql }
  - { phase: switch, name: procedure, sql: sql/procedure.sql }
  - { phase: switch, name: guarded, sql: sql/guarded.sql }
  - { phase: switch, name: drawn, sql: sql/drawn.sql }`;
  const files = {
    'workload/old/write.sql': `-- rehearse: sample id from customers.id
update customers set name = name || '.' where id = :id;`,
    'sql/add.sql': `alter table customers add column if not exists full_name text, add column if not exists visits int not null default 0,
  add column if not exists points int not null default 0, add column if not exists luck float8;
create table if not exists audit (id bigserial primary key, customer int, at timestamptz default now());
create table if not exists totals (kind text, many int);
insert into totals select 'all', 0 where not exists (select from totals);`,
    'sql/bump.sql': 'update customers set points = points + 10 where id % 2 = 0;',
    'sql/log.sql': 'insert into audit (customer) select id from customers where id <= 300;',
    'sql/procedure.sql': 'do $$ begin update totals set many = many + 1; end $$;',
    'sql/guarded.sql': 'update customers set points = 7 where points = 0;',
    'sql/drawn.sql': 'update customers set luck = random();',
  };

  it('are found where they are done twice, in whatever step, and are alike where a condition tells what is done', async () => {
    const result = await run(plan, files, '[{ interrupted: { how: [client] } }, quiet]');
    const counted = new Map(result.interruptions?.map((cut) => [cut.step, cut]));
    for (const step of ['fill', 'guarded']) {
      expect(counted.get(step)).toMatchObject({ secondTry: 'ok', rowsTwice: 0, rowsLeftOut: 0 });
      expect(counted.get(step)?.besideQuiet?.[0]?.rows?.compared).toBeGreaterThan(1000);
    }
    const unlike = (step: string): unknown => counted.get(step)?.besideQuiet?.[0]?.rows?.unlike;
    expect(unlike('count')).toBeGreaterThan(1000);
    // Every second row, but for those that the app has written.
    expect(unlike('bump')).toBeGreaterThan(2000);
    expect(counted.get('bump')?.rowsTwice).toBe(unlike('bump'));
    expect(counted.get('log')).toMatchObject({ rowsTwice: 300, besideQuiet: [{ table: 'public.audit' }] });
    expect(counted.get('procedure')?.besideQuiet).toContainEqual({
      table: 'public.totals',
      reason: null,
      rows: { compared: 1, setAside: 0, unlike: 1, leftOut: 0, oneIn: 1 },
    });
    expect(counted.get('drawn')).toMatchObject({
      rowsTwice: null,
      besideQuiet: [{ table: 'public.customers', reason: 'not-the-same-twice', rows: null }],
    });
    expect(failed(result)).toEqual(
      ['count', 'bump', 'log', 'procedure'].map((step) => ['repeatable', step, null]),
    );
  });
});
