import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newRunId } from '../scripts/artifacts/run-id.ts';
import { sleep } from '../scripts/shared/clock.ts';
import { runDirAt } from './targets/embedded/run-dir.ts';

const PATIENCE_MS = 60_000;
/** Makes the folder of a run, which keeps it, and waits for what comes. */
const OWNER = `
import { Keeper } from './infra/keeper.ts';
import { makeRunDir } from './infra/targets/embedded/make-run-dir.ts';
import { runDirOf } from './infra/targets/embedded/run-dir.ts';
const [runId, after] = process.argv.slice(2);
const dir = runDirOf(runId);
await makeRunDir(dir, { runId, expiresAt: '2999-01-01T00:00:00.000Z' });
const keeper = Keeper.start(runId, dir.path, 1);
if (after === 'release') keeper.release();
if (after === 'keep') keeper.keep(new Date(Date.now() - 5_000));
if (after === 'keep long') keeper.keep(new Date(Date.now() + 600_000));
console.log('made');
if (!after.startsWith('keep')) setTimeout(() => {}, 600_000);
`;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keeper-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function owner(
  after: string,
): Promise<{ runId: string; folder: string; kill: () => Promise<unknown> }> {
  const [script, root] = [join(dir, 'owner.mts'), join(import.meta.dirname, '..')];
  await writeFile(script, OWNER.replaceAll("from './", `from '${root}/`));
  const runId = newRunId('kept');
  const child = spawn(process.execPath, ['--import', 'tsx', script, runId, after], {
    cwd: root,
    env: { ...process.env, TMPDIR: dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await once(createInterface(child.stdout), 'line');
  const { path } = runDirAt(join(dir, `dress-rehearsal-${runId}`), runId);
  const kill = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return exited;
  };
  return { runId, folder: path, kill };
}

async function gone(path: string): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (existsSync(path) && Date.now() < deadline) await sleep(100);
  return !existsSync(path);
}

it('removes what a killed process made, a while later, and what was kept for long enough', async () => {
  const [killed, kept, released] = await Promise.all([owner('nothing'), owner('keep'), owner('release')]);
  expect(existsSync(killed.folder)).toBe(true);
  await killed.kill();
  await released.kill();
  expect(await Promise.all([gone(killed.folder), gone(kept.folder)])).toEqual([true, true]);
  // Who was told that all is done does nothing.
  expect(existsSync(released.folder)).toBe(true);
});

/** Command lines that name the run. */
async function processesOf(runId: string): Promise<string[]> {
  const { stdout } = await execa('ps', ['-ww', '-eo', 'args']);
  return stdout.split('\n').filter((line) => line.includes(runId));
}

it('does not wait for the end of a time for which nothing is kept any more', async () => {
  const { runId, folder } = await owner('keep long');
  expect(await processesOf(runId)).not.toEqual([]);
  await rm(folder, { recursive: true });
  await vi.waitFor(async () => {
    expect(await processesOf(runId)).toEqual([]);
  }, PATIENCE_MS);
});
