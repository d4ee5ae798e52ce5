import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readHistory } from '../../scripts/history/lines/history-file.ts';
import { runCli } from '../support/cli.ts';
import { RehearseProcess } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal;
afterEach(() => tiny.remove());

/** Three rehearsals below one folder: one passes, one is to be killed, one cannot be read. */
async function threeOf(plan: string): Promise<void> {
  tiny = await tinyRehearsal(plan, { 'sql/1.sql': 'alter table customers add column note text;' });
  const { dir } = tiny;
  const yaml = await readFile(join(dir, 'rehearsal.yaml'), 'utf8');
  for (const name of ['a-broken', 'b-killed', 'c-passing']) {
    const folder = join(dir, 'rehearsals', name);
    await mkdir(folder, { recursive: true });
    for (const part of ['generate.sql', 'workload', 'sql'])
      await cp(join(dir, part), join(folder, part), { recursive: true });
    const own = `nightly: true\n${yaml.replace('name: tiny', `name: ${name}`)}`;
    const soak = '  - { phase: switch, soak: 120s }\n';
    const text = { 'a-broken': `${own}bogus: 1\n`, 'b-killed': own + soak, 'c-passing': own }[name] ?? '';
    await writeFile(join(folder, 'rehearsal.yaml'), text);
  }
  await rm(join(dir, 'rehearsal.yaml'));
}

function pidOfRun(dir: string): number | undefined {
  const found = readdirSync('/proc').find((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0run\0${dir}\0`);
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}

test('one that is killed and one that cannot be read do not take the others; the night ends by the worst and leaves nothing', async () => {
  await threeOf('  - { phase: expand, sql: sql/1.sql }');
  const night = new RehearseProcess(['nightly', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  const killed = join(tiny.dir, 'rehearsals/b-killed');
  await night.says(/rehearsals\/b-killed: .*soak/);
  const pid = pidOfRun(killed);
  expect(pid).toBeDefined();
  process.kill(pid!, 'SIGKILL');
  const code = await night.end();
  const { outcomes } = JSON.parse(night.stdout) as {
    outcomes: { rehearsal: string; exitCode: number | null }[];
  };
  // A busy machine makes the last one inconclusive.
  expect(outcomes.map(({ rehearsal, exitCode }) => [rehearsal, exitCode])).toEqual([
    ['a-broken', 2],
    ['b-killed', null],
    ['c-passing', expect.toBeOneOf([0, 5])],
  ]);
  expect(code).toBe(3);
  const { runs } = await readHistory(join(tiny.dir, 'runs'));
  expect(runs.map(({ rehearsal, verdict }) => [rehearsal, verdict])).toEqual([
    ['b-killed', null],
    ['c-passing', expect.toBeOneOf(['pass', 'inconclusive'])],
  ]);
  const folders = runs.map(({ runId }) => existsSync(join(tiny.dir, 'runs', runId, '.claim.json')));
  expect(folders).toEqual([true, false]); // what lets it be removed one day; with an end, the seal does
  expect(await readFile(join(tiny.dir, 'runs/night.md'), 'utf8')).toContain('| b-killed | **killed** |');
  expect(await readdir(tiny.tmp)).toEqual([]);
  expect(tiny.processes()).toEqual([]);
});

test('without a rehearsal for the night, and with what cannot be meant, nothing is started', async () => {
  tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', { 'sql/1.sql': 'select 1' });
  const cwd = tiny.dir;
  const said = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await runCli(['nightly', ...args], { cwd });
    return `${code} ${stderr.split('\n')[0] ?? ''}`;
  };
  expect(await said()).toBe('2 error USAGE: no rehearsal is marked nightly: true, and none is named');
  expect(await said('nope')).toBe('2 error REHEARSAL_NOT_FOUND: there is no rehearsal nope');
  expect(await said('.', '--jobs', '0')).toBe('2 error USAGE: --jobs 0 is not a whole number from 1 to 99');
  expect(await said('.', '--deadline', 'soon')).toBe(
    '2 error USAGE: --deadline soon is not a duration of up to 24d',
  );
  expect(await said('.', '--shard', '3/2')).toBe('2 error USAGE: --shard 3/2 is not k/n with k from 1 to n');
  expect(await said('--install', 'at')).toBe('2 error USAGE: --install at: no such kind');
});

test('--install shows the files, writes them only when it is asked for, and never over others', async () => {
  tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', { 'sql/1.sql': 'select 1' });
  const cwd = tiny.dir;
  const path = join(cwd, '.github/workflows/rehearse-nightly.yml');
  const shown = await runCli(['nightly', '--install', 'github'], { cwd });
  expect(shown.stdout).toContain(`would write  ${path}`);
  await expect(readFile(path)).rejects.toThrow('ENOENT');
  await runCli(['nightly', '--install', 'github', '--execute'], { cwd });
  expect(shown.stdout).toContain(await readFile(path, 'utf8'));
  await writeFile(path, 'mine');
  const again = await runCli(['nightly', '--install', 'github', '--execute'], { cwd });
  expect([again.code, await readFile(path, 'utf8')]).toEqual([2, 'mine']);
});
