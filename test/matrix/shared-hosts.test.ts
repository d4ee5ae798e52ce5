import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { removeLocalHost } from '../../infra/targets/local/host.ts';
import { resultSchema, type Result } from '../../scripts/checks/result/contract/result.ts';
import type { NightOutcome } from '../../scripts/nightly/outcome.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { rehearse, RehearseProcess } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';
import { canRunLocally, tracesOf } from '../e2e/local-fixture.ts';

/* Several rehearsals of a night on the same hosts: what becomes of each of them, and of the hosts. */

const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 20/s, connections: 4, warmup: 1500ms, cooldown: 300ms, versions: { old: workload/old } }
budgets: { lockWait: 30s, errors: 0 }
`;
/** All that SQL can leave on a server and its host, and then a mistake. */
const LEAVES = `create role left_behind;
create table left_behind (x int);
alter system set work_mem = '77MB';
copy (select 1) to program 'cat > /tmp/left-behind; cp /tmp/left-behind /dev/shm; (exec -a left-behind sleep 600 </dev/null >/dev/null 2>&1 &)';
alter table no_such_table add x int;`;
/** Fails where anything of that is there. */
const LOOKS = `create table seen (line text);
copy seen from program 'ls /tmp /var/tmp /dev/shm; for p in /proc/[0-9]*; do tr "\\\\000" " " <$p/cmdline; echo; done 2>/dev/null';
do $$ begin
  if exists (select from seen where line ~ 'left.behind') or to_regclass('left_behind') is not null
    or exists (select from pg_roles where rolname = 'left_behind') or current_setting('work_mem') = '77MB'
    or exists (select from pg_database where datname not in ('rehearsal', 'postgres', 'template0', 'template1'))
  then raise 'something was left'; end if;
end $$;
drop table seen;`;
const ADDS = 'alter table customers add column note text;';
const SOAKS = 'select pg_sleep(60);';

let tiny: TinyRehearsal;
afterEach(() => tiny.remove());

/** A folder of rehearsals, each with the SQL of its only step. */
async function rehearsals(sql: Readonly<Record<string, string>>): Promise<void> {
  tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', { 'sql/1.sql': '' }, HEAD);
  const { dir } = tiny;
  const yaml = await readFile(join(dir, 'rehearsal.yaml'), 'utf8');
  for (const [name, text] of Object.entries(sql)) {
    const folder = join(dir, 'rehearsals', name);
    await mkdir(folder, { recursive: true });
    for (const part of ['generate.sql', 'workload', 'sql'])
      await cp(join(dir, part), join(folder, part), { recursive: true });
    await writeFile(join(folder, 'sql/1.sql'), text);
    await writeFile(
      join(folder, 'rehearsal.yaml'),
      `nightly: true\n${yaml.replace('name: tiny', `name: ${name}`)}`,
    );
  }
  await rm(join(dir, 'rehearsal.yaml'));
}

function night(args: readonly string[] = []): RehearseProcess {
  return new RehearseProcess(['nightly', '--json', ...args], {
    cwd: tiny.dir,
    tmp: tiny.tmp,
    target: 'local',
  });
}

/** Waits for each stage in turn: a busy machine takes its time for each. */
async function secondPlays(running: RehearseProcess): Promise<void> {
  for (const stage of [
    / made in /,
    /a-\w+: .*teardown/,
    /fresh servers for/,
    /b-\w+: .*snapshot: /,
    /b-\w+: .*baseline/,
  ])
    await running.says(stage);
}

function outcomesOf({ stdout, stderr }: { stdout: string; stderr: string }): NightOutcome[] {
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { outcomes: NightOutcome[] }).outcomes;
}

async function resultOf(runId: string | null): Promise<Result> {
  return resultSchema.parse(
    JSON.parse(await readFile(join(tiny.dir, 'runs', runId ?? '', 'result.json'), 'utf8')),
  );
}

function batchesIn(stderr: string): string[] {
  return [...new Set(stderr.match(/batch-\d{8}-\d{6}-[0-9a-f]{4}/g))];
}

function pidOfRun(name: string): number {
  const found = readdirSync('/proc').find((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(
          `\0run\0${join(tiny.dir, 'rehearsals', name)}\0`,
        )
      );
    } catch {
      return false;
    }
  });
  return Number(found);
}

/** A busy machine makes a pass inconclusive. */
const PASSED = expect.toBeOneOf([0, 5]) as number;

describe.skipIf(!(await canRunLocally()))('rehearsals of a night on local hosts', () => {
  it('share them on servers of their own: neither a failed one nor a killed one leaves anything to the next', async () => {
    await rehearsals({
      'a-leaves': LEAVES,
      'b-killed': LEAVES.replace(/alter table no.*/, SOAKS),
      'c-looks': LOOKS,
    });
    const running = night();
    await secondPlays(running);
    await sleep(1_000);
    process.kill(pidOfRun('b-killed'), 'SIGKILL');
    expect(await running.end()).toBe(4);
    const outcomes = outcomesOf(running);
    const [id = '', ...more] = batchesIn(running.stderr);
    expect(more).toEqual([]);
    expect(outcomes.map(({ rehearsal, exitCode, shared }) => [rehearsal, exitCode, shared])).toEqual([
      ['a-leaves', 4, { id, position: 1, of: 3 }],
      ['b-killed', null, { id, position: 2, of: 3 }],
      ['c-looks', PASSED, { id, position: 3, of: 3 }],
    ]);
    const last = await resultOf(outcomes[2]?.runId ?? null);
    expect(last.steps.map(({ status }) => status)).toEqual(['ok']);
    expect(last.environment).toMatchObject({
      leftovers: null,
      created: { host: 2, network: 1 },
      shared: { id, position: 3, of: 3 },
    });
    expect(last.environment.shared?.freshMs).toBeGreaterThan(0);
    expect(last.limits.join('\n')).toContain(`rehearsal 3 of 3 on ${id}`);
    expect(await readFile(join(tiny.dir, 'runs/night.md'), 'utf8')).toContain(`| 3 of 3 on ${id} |`);
    expect(tracesOf(id)).toEqual([]);
  });

  it('get new ones where they are lost, and only the one that was played there fails', async () => {
    await rehearsals({ 'a-adds': ADDS, 'b-loses': SOAKS, 'c-adds': ADDS });
    const running = night();
    await secondPlays(running);
    const [first = ''] = batchesIn(running.stderr);
    await removeLocalHost(first, 'primary');
    expect(await running.end()).toBe(3);
    const [, second = ''] = batchesIn(running.stderr);
    expect(outcomesOf(running).map(({ exitCode, shared }) => [exitCode, shared])).toEqual([
      [PASSED, { id: first, position: 1, of: 3 }],
      [3, { id: first, position: 2, of: 3 }],
      [PASSED, { id: second, position: 1, of: 1 }],
    ]);
    expect([...tracesOf(first), ...tracesOf(second)]).toEqual([]);
  });

  it('go away once by Ctrl-C; what was not begun is not started', async () => {
    await rehearsals({ 'a-soaks': SOAKS, 'b-adds': ADDS });
    const running = night();
    await running.says(/rehearsals\/a-soaks: .*baseline/);
    running.signal('SIGINT');
    expect(await running.end()).toBe(130);
    expect(outcomesOf(running).map(({ exitCode, wasStarted }) => [exitCode, wasStarted])).toEqual([
      [130, true],
      [null, false],
    ]);
    const [id = ''] = batchesIn(running.stderr);
    expect(tracesOf(id)).toEqual([]);
  });

  it('leave nothing that reap does not find when the night is killed', async () => {
    await rehearsals({ 'a-adds': ADDS, 'b-soaks': SOAKS });
    const running = night();
    await secondPlays(running);
    const [id = ''] = batchesIn(running.stderr);
    running.signal('SIGKILL');
    await running.end();
    const reaped = await rehearse(['reap', '--execute', '--run', id], { cwd: tiny.dir, tmp: tiny.tmp });
    expect([reaped.code, tracesOf(id)], reaped.stderr).toEqual([0, []]);
    const end = Date.now() + 60_000;
    while (Number.isInteger(pidOfRun('b-soaks')) && Date.now() < end) await sleep(200);
    expect(pidOfRun('b-soaks')).toBeNaN();
  });

  it('of a cloud are rented once for all of them, and for each where that is asked for', async () => {
    await rehearsals({ 'a-leaves': LEAVES, 'b-looks': LOOKS });
    const once = await onFake('raff');
    expect(once.said).toContain('2 hosts made, 0 twice, 0 things left');
    expect(once.said).toMatch(/2 rehearsals played; hosts made once in .*, about \d+\.\d\d USD in all/);
    const [first, second] = outcomesOf(once);
    expect([first?.exitCode, second?.exitCode]).toEqual([4, PASSED]);
    expect((await resultOf(second?.runId ?? null)).environment.cost?.amount).toBeLessThan(0.05);
    const each = await onFake('raff', '--no-share');
    expect(each.said).toContain('4 hosts made, 0 twice, 0 things left');
  });
});

/** The night in a cloud whose VMs are hosts of this machine. */
async function onFake(
  cloud: string,
  ...args: string[]
): Promise<{ said: string; stdout: string; stderr: string }> {
  const root = join(import.meta.dirname, '../..');
  const fake = join(root, 'test/support/clouds/fake-cloud.ts');
  const command = [join(root, 'scripts/setup/rehearse.mjs'), 'nightly', '--json', '--target', cloud, ...args];
  const node = process.execPath;
  return new Promise((resolve) => {
    execFile(
      node,
      ['--import', import.meta.resolve('tsx'), fake, cloud, node, ...command],
      { cwd: tiny.dir, env: { ...process.env, TMPDIR: tiny.tmp, NO_COLOR: '1' } },
      (_, stdout, stderr) => {
        resolve({ said: stderr, stdout, stderr });
      },
    );
  });
}
