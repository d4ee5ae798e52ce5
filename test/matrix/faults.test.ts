import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resultSchema } from '../../scripts/checks/result/contract/result.ts';
import { listRuns } from '../../scripts/history/list-runs.ts';
import { rehearse, RehearseProcess } from '../support/rehearse-process.ts';
import type { TinyRehearsal } from '../support/tiny-rehearsal.ts';
import { FAULTS, mend, type Fault } from './faults/kinds.ts';
import { reach, rehearsalFor, STAGES, type Stage } from './faults/rehearsals.ts';

/** Room for a server and its data, and little more; and for the evidence of a run. */
const DISK_MB = { tmp: 260, runs: 4 };
const BYSTANDER = 'dress-rehearsal-main';

const seen = new Map<string, Map<string, string>>();
const isRoot = process.getuid?.() === 0;

afterAll(() => {
  process.stdout.write(`${table()}\n`);
});

describe.concurrent.each(Object.entries(FAULTS))('%s', (name, fault) => {
  const stages = STAGES.filter((stage) => fault.ending(stage) !== undefined);
  it.each(stages)('in the stage %s ends in order, named, and leaves nothing', { retry: 0 }, async (stage) => {
    if (name.endsWith('full') && !isRoot) {
      process.stderr.write('SKIPPING TEST: a small disk can only be mounted by root\n');
      return;
    }
    const told = await strike(name, fault, stage);
    (seen.get(name) ?? seen.set(name, new Map()).get(name))?.set(stage, told);
  });
});

/** One cell; returns the exit code and the class of the message. */
async function strike(name: string, fault: Fault, stage: Stage): Promise<string> {
  const tiny = await rehearsalFor(stage);
  const unmount = name.endsWith('full') ? await smallDisks(tiny) : undefined;
  try {
    await mkdir(join(tiny.tmp, BYSTANDER));
    await writeFile(join(tiny.tmp, BYSTANDER, 'mine'), 'not yours');
    const run = new RehearseProcess(['run', '.'], { cwd: tiny.dir, tmp: tiny.tmp });
    await reach(stage, run, tiny);
    const struck = await fault.strike(run, tiny);
    const code = await run.end();
    // The verdict is broken into lines.
    const output = (run.stderr + run.stdout).replaceAll(/\n +/g, ' ');
    await mend(tiny);
    if (name === 'tool killed') await rehearse(['reap', '--execute'], { cwd: tiny.dir, tmp: tiny.tmp });
    expect(struck, 'nothing to strike').toBe(true);
    const ending = fault.ending(stage);
    expect(ending?.codes, output).toContain(code);
    expect(output).toMatch(ending?.says ?? /^$/);
    expect(output).not.toMatch(/INTERNAL|^\s+at /m);
    await expectWholeRuns(tiny);
    expect(tiny.processes(), 'processes that stay').toEqual([]);
    expect(await tiny.leftFolders(), 'folders that stay').toEqual([BYSTANDER]);
    expect(await readFile(join(tiny.tmp, BYSTANDER, 'mine'), 'utf8')).toBe('not yours');
    return `${String(code)} ${/error (\w+)/.exec(output)?.[1] ?? /^(PASS|FAIL|INCONCLUSIVE)/m.exec(output)?.[1] ?? ''}`;
  } finally {
    unmount?.();
    await tiny.remove();
  }
}

/** The run stands in the list, and a result is there as a whole or not at all. */
async function expectWholeRuns({ dir }: TinyRehearsal): Promise<void> {
  const { runs } = await listRuns(join(dir, 'runs'));
  expect(runs.map(({ runId }) => runId)).toEqual([expect.stringMatching(/^tiny-/)]);
  for (const { path } of runs) {
    const text = await readFile(join(path, 'result.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) expect(resultSchema.safeParse(JSON.parse(text)).error).toBeUndefined();
  }
}

/** Small disks as the run's temporary folder and as the folder of runs. */
async function smallDisks({ dir, tmp }: TinyRehearsal): Promise<() => void> {
  const runs = join(dir, 'runs');
  await mkdir(runs);
  const disks = Object.entries({ [tmp]: DISK_MB.tmp, [runs]: DISK_MB.runs });
  for (const [folder, sizeMb] of disks)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'tmpfs', folder]);
  return () => {
    for (const [folder] of disks) execFileSync('umount', [folder]);
  };
}

function table(): string {
  const rows = [...seen].map(([name, cells]) => [name, ...STAGES.map((stage) => cells.get(stage) ?? '–')]);
  const all = [['fault', ...STAGES], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length))) ?? [];
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
