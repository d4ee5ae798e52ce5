import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { resultSchema } from '../../scripts/checks/result/contract/result.ts';
import { findingsAboutThePlan } from '../support/findings.ts';
import { killTree } from '../support/hosts/process-tree.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { textsBelow, tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';
import { canRunLocally, startLocal, tracesOf } from './local-fixture.ts';

const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
postgres: { standby: true, settings: { work_mem: 5MB } }
hosts: { primary: { memory: 1GB }, driver: { link: { rate: 1gbit } } }
load: { rate: 50/s, connections: 8, warmup: 1500ms, cooldown: 1500ms, versions: { old: workload/old } }
budgets: { lockWait: 5s, errors: 0, replicationLag: 30s }
`;
const PLAN = `  - { phase: expand, sql: sql/1.sql }
  - { phase: backfill, command: 'test -n "$PGPASSWORD" && hostname && cat note.txt', touchesDatabase: false }`;
const FILES = { 'sql/1.sql': 'alter table customers add column full_name text;', 'note.txt': 'here' };

let tiny: TinyRehearsal;
afterEach(async () => {
  await tiny.remove();
});

function isEngine(pid: string): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('driver.mjs');
}

describe.skipIf(!(await canRunLocally()))('a run on local hosts', () => {
  it('rehearses twice on primary, standby and driver, judges the lag, and leaves nothing', async () => {
    tiny = await tinyRehearsal(PLAN, FILES, HEAD);
    const { code, stdout, stderr } = await rehearse(['run', '.', '--json', '--repeat', '2'], {
      cwd: tiny.dir,
      tmp: tiny.tmp,
      target: 'local',
    });
    expect(stderr).toContain('3 hosts (primary, standby, driver)');
    expect(stderr).toMatch(/from start to first statement, .* from last statement to empty/);
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(findingsAboutThePlan(result)).toEqual([]);
    expect(code, stderr).toBe(result.verdict === 'pass' ? 0 : 5);
    expect(result).toMatchObject({
      target: 'local',
      outcome: 'completed',
      environment: {
        hosts: 3,
        leftovers: 0,
        price: null,
        created: { host: 3, network: 1 },
        hostInfo: [{ role: 'primary' }, { role: 'standby' }, { role: 'driver' }],
      },
    });
    expect(result.playings?.played).toHaveLength(2);
    expect(result.environment.settings).toContainEqual({ name: 'work_mem', asked: '5MB', shown: '5MB' });
    const lagged = result.timeline.lag.filter(({ replayLagMs }) => replayLagMs !== null);
    expect(lagged.length).toBeGreaterThan(1);
    expect(tracesOf(result.runId)).toEqual([]);
    expect(await tiny.leftFolders()).toEqual([]);

    const texts = await textsBelow(join(tiny.dir, 'runs'));
    const report = texts.get(join(tiny.dir, 'runs', result.runId, 'report.html')) ?? '';
    expect(report).toContain('standby');
    for (const [path, text] of texts) expect(text, path).not.toMatch(/BEGIN OPENSSH PRIVATE KEY/);
  });

  it('shares the load among two driver hosts, on one clock, and leaves nothing', async () => {
    const head = HEAD.replace('driver: {', 'driver: { count: 2,').replace('standby: true, ', '');
    tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', FILES, head);
    const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], {
      cwd: tiny.dir,
      tmp: tiny.tmp,
      target: 'local',
    });
    expect(stderr).toContain('3 hosts (primary, driver, driver-2)');
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(findingsAboutThePlan(result)).toEqual([]);
    expect(code, stderr).toBe(result.verdict === 'pass' ? 0 : 5);
    expect(result.environment).toMatchObject({ leftovers: 0, created: { host: 3, network: 1 } });
    const load = await readFile(join(tiny.dir, 'runs', result.runId, 'artifacts/load.ndjson'), 'utf8');
    const events = load
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [shared] = events.filter(({ type }) => type === 'shared');
    expect(shared).toMatchObject({ host: 'driver-2' });
    const requests = Object.values(result.traffic).reduce((sum, one) => sum + one.requests, 0);
    expect(Math.abs(requests / 2 - Number(shared?.['requests']))).toBeLessThan(10);
    expect(new Set(result.timeline.noise?.flatMap(({ hosts }) => hosts))).toEqual(
      new Set(['driver', 'primary', 'driver-2']),
    );
    expect(result.limits.join('\n')).toMatch(/came from driver-2; their times are known to within /);
    expect(tracesOf(result.runId)).toEqual([]);
  });

  it('ends with LOAD_DIED and leaves nothing when the second driver is killed', async () => {
    const head = HEAD.replace('driver: {', 'driver: { count: 2,').replace('standby: true, ', '');
    tiny = await tinyRehearsal('  - { phase: expand, soak: 60s }', FILES, head);
    const run = startLocal(tiny);
    const runId = await run.runId();
    await run.says(/baseline: /);
    const pids = execFileSync('ip', ['netns', 'pids', `rehearse.${runId}.driver-2`], { encoding: 'utf8' });
    const engines = pids.trim().split('\n').filter(isEngine);
    expect(engines).toHaveLength(2);
    process.kill(Math.min(...engines.map(Number)), 'SIGKILL');
    expect(await run.end()).toBe(3);
    expect(run.stderr).toMatch(/error LOAD_DIED: the load on driver-2 .* ended by itself/);
    expect(tracesOf(runId)).toEqual([]);
  });

  it('is left up for as long as --keep says, with the commands that lead in, and reap --run removes it', async () => {
    tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', FILES);
    const run = startLocal(tiny, ['--keep', '10m']);
    const runId = await run.runId();
    expect(await run.end(), run.stderr).toBe(0);
    const command = /primary\s+(ssh .+)$/m.exec(run.stderr)?.[1] ?? '';
    const said = execFileSync('sh', ['-c', `${command} hostname`], { encoding: 'utf8', timeout: 20_000 });
    expect(said.trim()).toBe('primary');
    const result = resultSchema.parse(
      JSON.parse(await readFile(join(tiny.dir, 'runs', runId, 'result.json'), 'utf8')),
    );
    expect(Date.parse(result.environment.keptUntil ?? '') - Date.now()).toBeLessThanOrEqual(600_000);
    const at = { cwd: tiny.dir, tmp: tiny.tmp };
    expect((await rehearse(['list'], at)).stdout).toMatch(new RegExp(`alive {2}${runId} {2}local`));
    expect((await rehearse(['reap', '--execute'], at)).code).toBe(0);
    expect(tracesOf(runId)).not.toEqual([]);
    expect(await rehearse(['reap', '--execute', '--run', runId], at)).toMatchObject({ code: 0 });
    expect(tracesOf(runId)).toEqual([]);
  });

  it('ends with HOST_DIED and leaves nothing when a host dies in the middle', async () => {
    tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', {
      'sql/1.sql': 'begin;\nselect pg_sleep(60);\ncommit;',
    });
    const run = startLocal(tiny);
    const runId = await run.runId();
    await run.says(/baseline: /);
    const namespace = `rehearse.${runId}.primary`;
    const pids = execFileSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).trim().split('\n');
    // The first of them takes the others with it.
    const first = Math.min(...pids.map(Number));
    process.kill(first, 'SIGKILL');
    expect(await run.end()).toBe(3);
    expect(run.stderr).toMatch(/error HOST_DIED: .*primary/);
    expect(tracesOf(runId)).toEqual([]);
  });

  it('goes on with run --resume after its own process was killed, and loses nothing', async () => {
    tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', {
      'sql/1.sql': 'begin;\nselect pg_sleep(4);\ncommit;',
    });
    const run = startLocal(tiny);
    const runId = await run.runId();
    await run.says(/baseline: /);
    killTree(run.pid);
    await run.end();
    const args = ['run', '.', '--resume', runId, '--json'];
    const { code, stdout, stderr } = await rehearse(args, { cwd: tiny.dir, tmp: tiny.tmp, target: 'local' });
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(findingsAboutThePlan(result)).toEqual([]);
    expect(code, stderr).toBe(result.verdict === 'pass' ? 0 : 5);
    expect(result).toMatchObject({ runId, environment: { leftovers: 0 } });
    expect(result.steps).toMatchObject([{ status: 'ok', attempts: 1 }]);
    expect(tracesOf(runId)).toEqual([]);
    const again = await rehearse(args, { cwd: tiny.dir, tmp: tiny.tmp, target: 'local' });
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toContain('it has ended: completed');
  });
});
