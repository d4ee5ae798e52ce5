import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleep } from '../../scripts/shared/clock.ts';
import { kernelTraces } from '../support/hosts/kernel-traces.ts';
import { needsUprobes } from '../support/needs.ts';
import { rehearse, RehearseProcess } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

/** Long enough that each test can end the run in the middle of its only step. */
const PLAN = '  - { phase: expand, sql: sql/slow.sql }';
const FILES = {
  'sql/slow.sql': 'begin;\nlock table customers in share mode;\nselect pg_sleep(60);\ncommit;',
};
const SLOW_RESTORE = { ...FILES, 'generate.sql': 'create table customers (id int);\nselect pg_sleep(60);' };
/** More than the pause within which two signals count as one. */
const APART_MS = 700;

const canTrace = await needsUprobes();

let tiny: TinyRehearsal;
beforeEach(async () => {
  started = [];
  tiny = await tinyRehearsal(PLAN, FILES);
});
afterEach(async () => {
  await tiny.remove();
});

let started: RehearseProcess[] = [];

function start(): RehearseProcess {
  const run = new RehearseProcess(['run', '.'], { cwd: tiny.dir, tmp: tiny.tmp });
  started.push(run);
  return run;
}

function sleepers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') === 'sleep\x004242\x00';
    } catch {
      return false;
    }
  });
}

async function expectNothingLeft(): Promise<void> {
  expect(tiny.processes()).toEqual([]);
  expect(await tiny.leftFolders()).toEqual([]);
  for (const { pid, stderr } of started) expect(await kernelTraces(pid), stderr).toEqual([]);
}

describe('an interrupted run', () => {
  it.each([
    ['while the environment is made', /steps? on embedded/, FILES],
    ['while the snapshot is restored', /environment: /, SLOW_RESTORE],
    ['in the warm-up', /snapshot: /, FILES],
    ['in the middle of a step', /baseline: /, FILES],
  ])('cleans up and exits 130 %s', async (_, when, files) => {
    await tiny.remove();
    tiny = await tinyRehearsal(PLAN, files);
    const run = start();
    await run.says(when);
    await sleep(300);
    run.signal('SIGINT');
    expect(await run.end()).toBe(130);
    expect(run.stderr).toContain('interrupted');
    await expectNothingLeft();
  });

  it('keeps what it saw of a step and calls it inconclusive', async () => {
    const run = start();
    await run.says(/baseline: /);
    await sleep(1000);
    run.signal('SIGTERM');
    expect(await run.end()).toBe(130);
    const runId = (await readdir(join(tiny.dir, 'runs'))).find((name) => name !== 'history.ndjson') ?? '';
    expect(run.stderr).toContain(`what was seen until then: runs/${runId}/report.html`);
    const result = JSON.parse(
      await readFile(join(tiny.dir, 'runs', runId, 'result.json'), 'utf8'),
    ) as unknown;
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      outcome: 'interrupted',
      environment: { leftovers: 0 },
    });
    await expectNothingLeft();
  });

  it('leaves at once on a second Ctrl-C, says how to clean up, and the next reap does', async () => {
    const run = start();
    await run.says(/baseline: /);
    run.signal('SIGINT');
    await sleep(APART_MS);
    run.signal('SIGINT');
    const end = await run.end();
    // The first Ctrl-C may have been quick enough. Then there is nothing to say, and the second may meet nobody who listens to it
    // any more: it ends the process, which a shell shows as 130 too.
    if ((await tiny.leftFolders()).length > 0) {
      expect(end).toBe(130);
      expect(run.stderr).toContain('rehearse reap --execute');
    } else expect([130, 'SIGINT']).toContain(end);
    expect((await rehearse(['reap', '--execute'], { cwd: tiny.dir, tmp: tiny.tmp })).code).toBe(0);
    await expectNothingLeft();
  });
});

describe('a killed run', () => {
  it('is found by reap, which removes its processes and its folder', async () => {
    const run = start();
    await run.says(/baseline: /);
    run.signal('SIGKILL');
    expect(await run.end()).toBe('SIGKILL');
    expect(await tiny.leftFolders()).not.toEqual([]);
    if (canTrace) expect(await kernelTraces(run.pid)).not.toEqual([]);
    const dry = await rehearse(['reap'], { cwd: tiny.dir, tmp: tiny.tmp });
    expect(dry.stdout).toContain('its run is dead');
    expect(await tiny.leftFolders()).not.toEqual([]);
    const reap = await rehearse(['reap', '--execute'], { cwd: tiny.dir, tmp: tiny.tmp });
    expect(reap.stdout).toContain('removed');
    expect(reap.code).toBe(0);
    await expectNothingLeft();
  });

  it('leaves no program of a command step running after reap', async () => {
    await tiny.remove();
    const head = "  - { phase: expand, command: 'sleep 4242; true' }";
    tiny = await tinyRehearsal(head, FILES);
    const run = start();
    await run.says(/baseline: /);
    while (sleepers().length === 0) await sleep(20);
    run.signal('SIGKILL');
    await run.end();
    expect((await rehearse(['reap', '--execute'], { cwd: tiny.dir, tmp: tiny.tmp })).code).toBe(0);
    expect(sleepers()).toEqual([]);
    await expectNothingLeft();
  });

  it('is cleaned up by the next run', async () => {
    const run = start();
    await run.says(/environment: /);
    run.signal('SIGKILL');
    await run.end();
    const next = start();
    await next.says(/removed what \d+ dead runs? left/); // others may have died meanwhile
    next.signal('SIGINT');
    expect(await next.end()).toBe(130);
    await expectNothingLeft();
  });

  it('does not touch a run that goes on', async () => {
    const run = start();
    await run.says(/baseline: /);
    const reap = await rehearse(['reap', '--execute'], { cwd: tiny.dir, tmp: tiny.tmp });
    expect({ code: reap.code, inUse: reap.stdout.includes('in use') }).toEqual({ code: 0, inUse: true });
    run.signal('SIGINT');
    expect(await run.end()).toBe(130);
    await expectNothingLeft();
  });
});

describe('a server that dies', () => {
  it('ends the run with exit 3 and one message that names it', async () => {
    const run = start();
    await run.says(/baseline: /);
    await sleep(500);
    // The postmaster is the process that was started with the data folder on its command line.
    const [postmaster] = tiny.processes();
    if (postmaster === undefined) throw new Error('no server found');
    process.kill(postmaster, 'SIGKILL');
    expect(await run.end()).toBe(3);
    expect(run.stderr).toContain('error POSTGRES_DIED');
    expect(run.stderr).not.toContain('took longer');
    await expectNothingLeft();
  });
});
