import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { resultSchema, type Result } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { findingsAboutThePlan } from '../support/findings.ts';
import { textsBelow, tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  expect((await tiny?.leftFolders()) ?? []).toEqual([]);
  await tiny?.remove();
});

async function run(rehearsal: TinyRehearsal): Promise<{ code: unknown; stderr: string; result: Result }> {
  tiny = rehearsal;
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], {
    cwd: rehearsal.dir,
    tmp: rehearsal.tmp,
  });
  if (stdout === '') throw new Error(stderr);
  return { code, stderr, result: resultSchema.parse(JSON.parse(stdout)) };
}

const EXPAND_CONTRACT = `
  - { phase: expand, sql: sql/expand.sql, lockTimeout: 1s, retries: 3 }
  - { phase: backfill, backfill: { table: customers, key: id, set: full_name = name, where: full_name is null } }
  - { phase: deploy, deploy: { to: new, over: 1s } }
  - { phase: switch, verify: sql/verify.sql }
  - { phase: contract, sql: sql/contract.sql, pointOfNoReturn: true }`;

const EXPAND_CONTRACT_SQL = {
  'sql/expand.sql': 'alter table customers add column full_name text;',
  'sql/verify.sql': 'select 1 from customers where full_name is null;',
  'sql/contract.sql': 'alter table customers drop column name;',
};

/** The app of before goes on writing names while the backfill runs: only a trigger keeps up with it. */
const DUAL_WRITES_SQL = {
  ...EXPAND_CONTRACT_SQL,
  'sql/expand.sql': `alter table customers add column full_name text;
create function keep_full_name() returns trigger language plpgsql as $$ begin new.full_name := new.name; return new; end $$;
create trigger keep_full_name before insert or update of name on customers for each row execute function keep_full_name();`,
  'sql/contract.sql': `drop trigger keep_full_name on customers;
drop function keep_full_name;
alter table customers drop column name;`,
};

describe('rehearse run', () => {
  it('passes a plan that every live version survives, and gives the same verdict again from the run folder', async () => {
    const { code, result, stderr } = await run(await tinyRehearsal(EXPAND_CONTRACT, DUAL_WRITES_SQL));
    expect(findingsAboutThePlan(result)).toEqual([]);
    expect(code).toBe(result.verdict === 'pass' ? 0 : 5);
    expect(result.steps.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(result.environment.leftovers).toBe(0);
    expect(stderr).toContain('nothing left behind');

    const dir = tiny?.dir ?? '';
    const folder = join(dir, 'runs', result.runId);
    const before = await readFile(join(folder, 'result.json'), 'utf8');
    const again = await rehearse(['report', folder, '--json'], { cwd: dir, tmp: tiny?.tmp ?? '' });
    expect(again.code).toBe(code);
    expect(await readFile(join(folder, 'result.json'), 'utf8')).toBe(before);
    const names = [...(await textsBelow(folder)).keys()].map((file) => file.slice(folder.length + 1));
    expect(names).toEqual(
      expect.arrayContaining(['report.html', 'report.md', 'junit.xml', 'run.ndjson', 'plan/SHA256SUMS']),
    );
  });

  it('passes quiet and fails in the company of a long reader, and says who it was and what to do', async () => {
    const scenarios = '\nscenarios: [quiet, month-report]';
    const rehearsal = await tinyRehearsal(
      `  - { phase: expand, sql: sql/expand.sql }${scenarios}`,
      EXPAND_CONTRACT_SQL,
      `version: 1
name: tiny
snapshot: { generator: generate.sql }
load:
  rate: 50/s
  connections: 8
  warmup: 1s
  cooldown: 300ms
  versions: { old: workload/old }
  actors: { month-report: { kind: long-reader, for: 3s } }
budgets: { lockWait: 1s, errors: 0 }
`,
    );
    const { code, result, stderr } = await run(rehearsal);
    expect(code).toBe(4);
    expect(stderr).toContain('month-report is in place on public.customers');
    expect(result.actors).toMatchObject([{ name: 'month-report', kind: 'long-reader' }]);
    const finding = result.findings.find(({ check }) => check === 'lockWait');
    expect(finding?.message).toMatch(/ for customers behind long-reader month-report \(budget 1.00 s\)/);
    expect(finding?.advice).toContain('lockTimeout: 500ms');
    const quiet = join(rehearsal.dir, 'runs', result.runId, 'playings/1/result.json');
    const alone = resultSchema.parse(JSON.parse(await readFile(quiet, 'utf8')));
    expect(findingsAboutThePlan(alone)).toEqual([]);
    expect(alone.actors).toEqual([]);
  });

  it('plays the plan again on a fresh copy as often as it is told, and shows the spread', async () => {
    const rehearsal = await tinyRehearsal('  - { phase: expand, sql: sql/expand.sql }', EXPAND_CONTRACT_SQL);
    tiny = rehearsal;
    const at = { cwd: rehearsal.dir, tmp: rehearsal.tmp };
    const { code, stdout, stderr } = await rehearse(['run', '.', '--json', '--repeat', '2'], at);
    expect(stderr).toContain('playing 2 of 2: quiet, time 2');
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(code).toBe(result.verdict === 'pass' ? 0 : 5);
    expect(findingsAboutThePlan(result)).toEqual([]);
    expect(result.playings?.scenarios).toMatchObject([{ name: 'quiet', planned: 2 }]);
    const folder = join(rehearsal.dir, 'runs', result.runId);
    for (const { path, index } of result.playings?.played ?? []) {
      const own = resultSchema.parse(JSON.parse(await readFile(join(folder, path, 'result.json'), 'utf8')));
      expect(own.steps.map(({ status }) => status)).toEqual(['ok']);
      expect(own.playing).toEqual({ index, of: 2, scenario: 'quiet', repetition: index });
    }
    const again = await rehearse(['report', folder, '--json'], at);
    expect(JSON.parse(again.stdout)).toEqual(result);
    const one = await rehearse(['report', join(folder, 'playings/2'), '--json'], at);
    expect(JSON.parse(one.stdout)).toMatchObject({ runId: result.runId, playing: { index: 2 } });
  });

  it('charges a lock of two seconds with the requests that it stopped', async () => {
    const head = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 200/s, connections: 20, warmup: 3s, cooldown: 300ms, versions: { old: workload/old } }
budgets: { lockWait: 500ms, lockHold: 500ms, p99: 300ms }
`;
    const files = { 'sql/lock.sql': 'begin;\nlock table customers;\nselect pg_sleep(2);\ncommit;' };
    const { code, result } = await run(
      await tinyRehearsal('  - { phase: expand, sql: sql/lock.sql }', files, head),
    );
    expect(code).toBe(4);
    const [lock] = result.steps[0]?.statements ?? [];
    expect(lock).toMatchObject({
      line: 2,
      locks: [{ relation: 'public.customers', mode: 'AccessExclusiveLock' }],
    });
    // Bounds are wide for machines that do other things meanwhile; an idle one is within 20 ms and 5 requests.
    expect(lock?.lockHoldMs).toBeGreaterThan(1990);
    expect(lock?.lockHoldMs).toBeLessThan(2400);
    expect(lock?.victims.delayed).toBeGreaterThan(330);
    expect(lock?.victims.delayed).toBeLessThan(480);
    const failed = result.findings.filter(({ status }) => status === 'fail').map(({ check }) => check);
    expect(failed.sort()).toEqual(['lockHold', 'lockWait', 'p99']);
    expect(result.checks.find(({ id }) => id === 'p99')?.measured).toBeGreaterThan(1700);
  });

  it('names the statement and the app version that a rename in place breaks', async () => {
    const plan = `
  - { phase: switch, sql: sql/rename.sql }
  - { phase: deploy, deploy: { to: new, over: 1s } }`;
    const files = { 'sql/rename.sql': 'alter table customers rename column name to full_name;' };
    const { code, result } = await run(await tinyRehearsal(plan, files));
    expect(code).toBe(4);
    expect(result.findings[0]).toMatchObject({
      status: 'fail',
      step: 'rename',
      statement: 1,
      sqlstate: '42703',
    });
    expect(result.findings[0]?.message).toContain('old');
    const [rename] = result.steps[0]?.statements ?? [];
    expect(rename?.victims.failed).toBeGreaterThan(20);
    expect(rename?.victimsByScript.every(({ version }) => version === 'old')).toBe(true);
  });

  it('stops at a step that fails, skips the rest, and still reports all that it saw', async () => {
    const plan = `
  - { phase: expand, sql: sql/good.sql }
  - { phase: expand, sql: sql/bad.sql }
  - { phase: contract, sql: sql/never.sql }`;
    const files = {
      'sql/good.sql': 'alter table customers add column full_name text;',
      'sql/bad.sql': 'select 1;\nalter table customers\n  add column nmae int references nowhere;',
      'sql/never.sql': 'drop table customers;',
    };
    const { code, result } = await run(await tinyRehearsal(plan, files));
    expect(code).toBe(4);
    expect(result.outcome).toBe('step-failed');
    expect(result.steps.map(({ status }) => status)).toEqual(['ok', 'failed', 'skipped']);
    expect(result.steps[1]?.error).toMatchObject({ sqlstate: '42P01', file: 'sql/bad.sql', line: 2 });
    expect(result.compatibility.some(({ after }) => after === 'bad')).toBe(true);
  });

  it('keeps row values and secrets out of everything that it writes', async () => {
    const plan = `
  - { phase: expand, sql: sql/cast.sql }`;
    const files = {
      'sql/cast.sql': 'alter table customers alter column secret type int using secret::int;',
      '.env': 'API_TOKEN=hunter22-not-to-be-seen\n',
      'generate.sql': `create table customers as select i as id, 'name ' || i as name, md5('customer ' || i) as secret
         from generate_series(1, 5000) i; alter table customers add primary key (id);`,
    };
    const head = `version: 1
name: tiny
snapshot: { command: 'psql_is_not_needed=\${API_TOKEN}; true' }
load: { rate: 100/s, versions: { old: workload/old } }
`;
    // The command makes no tables: the message about it must not show the token either.
    tiny = await tinyRehearsal(plan, files, head);
    const refused = await rehearse(['run', '.'], { cwd: tiny.dir, tmp: tiny.tmp });
    expect({ code: refused.code, leaked: refused.stderr.includes('hunter22') }).toEqual({
      code: 3,
      leaked: false,
    });
    await tiny.remove();

    const { code, result, stderr } = await run(await tinyRehearsal(plan, files));
    expect(code).toBe(4);
    expect(result.steps[0]?.error?.sqlstate).toBe('22P02');
    const row = (await import('node:crypto')).createHash('md5').update('customer 1').digest('hex');
    const texts = await textsBelow(join(tiny.dir, 'runs'));
    texts.set('stderr', stderr);
    const telling = [...texts].filter(([, text]) => text.includes(row)).map(([file]) => file);
    // Free text of the server is kept apart, for the author's eyes alone.
    expect(telling.filter((file) => !file.includes('/private/'))).toEqual([]);
    for (const file of telling) expect((await stat(file)).mode & 0o077).toBe(0);
  });
});
