import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { asSecret } from '../../../infra/provider-kit/wire.ts';
import { CallFailed, PluginProcess, until, type Values } from '../../../infra/provider/provider-fixture.ts';

const START = fileURLToPath(new URL('../../../infra/provider-kit/start.mjs', import.meta.url));
const WITH_FAKE = fileURLToPath(new URL('provider-with-fake.ts', import.meta.url));
const RUN_ID = 'tiny-20261122-120000-beef';

let home: string;
let plugin: PluginProcess;
const running = new Map<string, PluginProcess>();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'provider test '));
});
afterEach(async () => {
  for (const name of await readdir(home)) await rm(join(home, name), { recursive: true });
});
afterAll(async () => {
  for (const each of running.values()) await each.stop();
  await rm(home, { recursive: true });
});

/** One plugin for all tests of a type; those that end it start it anew. */
async function start(type = 'Rehearsal', { anew = false } = {}): Promise<void> {
  if (anew) {
    await running.get(type)?.stop();
    running.delete(type);
  }
  const command = [process.execPath, START, WITH_FAKE];
  plugin = running.get(type) ?? (await PluginProcess.start(type, command, { FAKE_DIR: home }));
  if (anew) onTestFinished(plugin.stop.bind(plugin));
  else running.set(type, plugin);
  plugin.forgetLines();
}

function inputs(scenario: string, more: Values = {}): Values {
  return {
    dir: `/rehearsals/${scenario}`,
    rehearsal: 'tiny',
    target: 'auto',
    out: `${home}/runs`,
    steps: ['expand  sql/1.sql'],
    files: { 'sql/1.sql': 'aaa' },
    snapshot: 'bbb',
    settings: {},
    ...more,
  };
}

function commands(): string[] {
  return readFileSync(join(home, 'calls'), 'utf8').trim().split('\n');
}

async function failureOf(call: Promise<unknown>): Promise<CallFailed> {
  const failure = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof CallFailed) return failure;
  throw new Error(`it did not fail: ${String(failure)}`);
}

describe('creating a Rehearsal', () => {
  it('rehearses once, streams what is going on, and tells the outcome', async () => {
    await start();
    const settings = { a: asSecret('hush') };
    const { id, state } = await plugin.create(inputs('pass', { settings }));
    expect(id).toBe(RUN_ID);
    expect(state).toEqual({
      ...inputs('pass', { settings }),
      runId: RUN_ID,
      verdict: 'pass',
      worstFinding: 'none',
      cost: '36.0000 EUR',
      leftovers: 0,
      usedTarget: 'embedded',
      durationMs: 4000,
      endedAt: '2026-11-22T12:00:04Z',
      reportPath: `${home}/runs/${RUN_ID}/report.html`,
      resultPath: `${home}/runs/${RUN_ID}/result.json`,
    });
    expect(plugin.progress).toEqual(['12:00:01 environment: 1 host', '12:00:02 step 1/1 add: ok']);
    expect(plugin.notes).toEqual([
      '12:00:00 target embedded: PostgreSQL from npm',
      `PASS  nobody waited\nreport: ${home}/runs/${RUN_ID}/report.html`,
    ]);
    expect(commands()).toEqual([`run /rehearsals/pass --target auto --out ${home}/runs --json`]);
  });

  it('fails with verdict, finding and report of a plan that failed, and has them on record', async () => {
    await start();
    const failure = await failureOf(plugin.create(inputs('fail')));
    expect(failure.message).toBe(`FAIL  it waited 5 s\nreport: ${home}/runs/${RUN_ID}/report.html`);
    expect(failure.halfMade).toMatchObject({
      id: RUN_ID,
      properties: { ...inputs('fail'), runId: RUN_ID, verdict: 'fail', worstFinding: 'it waited 5 s' },
      reasons: [failure.message],
    });
  });

  it.each([
    [
      'could not remove all of it',
      'leaked',
      'error LEFTOVERS: 1 thing of this run could not be removed: host primary',
    ],
    ['was killed', 'killed', 'rehearse ended with a signal'],
  ])('removes what is left by a run that %s, by its id', async (_, scenario, reason) => {
    await start();
    const failure = await failureOf(plugin.create(inputs(scenario)));
    expect(failure.message).toBe(`${reason}\nwhat it left has been removed`);
    expect(failure.halfMade).toBeUndefined();
    expect(commands().slice(1)).toEqual([`reap --run ${RUN_ID} --execute --json`]);
  });

  it('records a killed run that something is left of, so that it can be destroyed', async () => {
    await start();
    const left = [{ runId: RUN_ID, what: 'host primary', inUse: true }];
    await writeFile(join(home, 'leftovers.json'), JSON.stringify(left));
    const failure = await failureOf(plugin.create(inputs('killed')));
    expect(failure.message).toBe(
      `rehearse ended with a signal\ncould not remove:\n${RUN_ID}  host primary\n` +
        `hint: npm run -s rehearse -- reap --run ${RUN_ID} --execute tries again and says why`,
    );
    expect(failure.halfMade).toMatchObject({
      id: RUN_ID,
      properties: { runId: RUN_ID, verdict: 'none', worstFinding: 'rehearse ended with a signal' },
    });
  });

  it('passes on what the command says about wrong input', async () => {
    await start();
    const { message } = await failureOf(plugin.create(inputs('invalid')));
    expect(message).toBe('error  tiny/rehearsal.yaml has 1 mistake\n  3 budgets.p99: 5 is not a duration');
  });
});

describe('a Rehearsal that is stopped', () => {
  const tornDown = (): string => readFileSync(join(home, 'torn-down'), 'utf8');

  it('answers a cancel when everything is torn down', async () => {
    await start('Rehearsal', { anew: true });
    const creating = failureOf(plugin.create(inputs('slow')));
    await until(
      () => plugin.progress.length > 0,
      () => 'progress',
    );
    await plugin.cancel();
    const failure = await creating;
    expect(failure.message).toBe('interrupted: torn down, nothing stayed');
    expect(failure.halfMade).toBeUndefined();
    expect(tornDown()).toBe('SIGINT');
  });

  it('is torn down after its timeout', async () => {
    await start();
    const { message } = await failureOf(plugin.create(inputs('slow', { timeout: '600ms' })));
    expect(message).toBe('it took longer than its timeout of 600ms: torn down, nothing stayed');
    expect(tornDown()).toBe('SIGINT');
  });

  it('is torn down when the engine dies without a word, and then the plugin ends', async () => {
    await start('Rehearsal', { anew: true });
    const creating = failureOf(plugin.create(inputs('slow')));
    await until(
      () => plugin.progress.length > 0,
      () => 'progress',
    );
    plugin.killParent();
    await creating;
    await plugin.ended();
    expect(tornDown()).toBe('SIGINT');
  });

  it('tears down by itself when the plugin is killed too', async () => {
    await start('Rehearsal', { anew: true });
    const creating = failureOf(plugin.create(inputs('slow')));
    await until(
      () => plugin.progress.length > 0,
      () => 'progress',
    );
    plugin.signal('SIGKILL');
    await creating;
    await until(
      () => existsSync(join(home, 'torn-down')),
      () => 'the tear-down',
    );
    expect(tornDown()).toBe('parent');
  });
});

describe('a Rehearsal on record', () => {
  const passed = { verdict: 'pass', runId: RUN_ID };

  it('names every wrong input with its path at once', async () => {
    await start();
    const wrong = { dir: '', stepz: [], files: { a: 1 }, keep: 'long', rehearsal: 'tiny', target: 'auto' };
    expect(await plugin.check({ ...wrong, snapshot: 'x', settings: {} })).toEqual([
      'dir: Too small: expected string to have >=1 characters',
      'keep: not a duration from 1ms to 24d; write 30m or 1h30m',
      'steps: missing',
      'files.a: Invalid input: expected string, received number',
      'stepz: unknown input; did you mean steps?',
    ]);
    expect(await plugin.check(inputs('pass'))).toEqual([]);
  });

  it('says in a preview what is rehearsed for the first time', async () => {
    await start();
    await plugin.check(inputs('pass'));
    await plugin.check(inputs('pass'), inputs('pass'));
    expect(plugin.notes).toEqual([
      'will be rehearsed for the first time, on target auto:\n  expand  sql/1.sql',
    ]);
  });

  it('is rehearsed again when something changed that matters, and says what', async () => {
    await start();
    const state = { ...inputs('pass'), ...passed };
    expect(await plugin.diff(state, inputs('pass'))).toEqual({ changes: false, replaces: [] });
    expect(await plugin.diff(state, inputs('pass', { keep: '30m', out: '/x' }))).toMatchObject({
      changes: false,
    });
    const files = { 'sql/1.sql': 'ccc', 'sql/2.sql': 'ddd' };
    expect(await plugin.diff(state, inputs('pass', { files, target: 'local' }))).toEqual({
      changes: true,
      replaces: [],
    });
    expect(plugin.notes).toEqual([
      'will be rehearsed again: sql/1.sql changed; sql/2.sql is new; target auto → local',
    ]);
  });

  it('is rehearsed again while its last run did not pass', async () => {
    await start();
    for (const verdict of ['fail', 'none']) {
      const state = { ...inputs('pass'), ...passed, verdict };
      expect(await plugin.diff(state, inputs('pass'))).toMatchObject({ changes: true });
    }
    expect(plugin.notes).toEqual([
      'will be rehearsed again: the last run ended with verdict fail',
      'will be rehearsed again: the last run ended with verdict none',
    ]);
  });

  it.each([
    ['did not pass', 'fail', 'fail', 'it waited 5 s'],
    ['could not run', 'invalid', 'none', 'error  tiny/rehearsal.yaml has 1 mistake'],
  ])('forgets its older verdict when a later run %s', async (_, scenario, verdict, worstFinding) => {
    await start();
    const state = { ...inputs('pass'), ...passed };
    const { halfMade } = await failureOf(plugin.update(RUN_ID, state, inputs(scenario)));
    expect(halfMade).toMatchObject({ id: RUN_ID, properties: { verdict, worstFinding } });
  });

  it('is gone when its result is gone', async () => {
    await start();
    const resultPath = join(home, 'result.json');
    const state = { ...inputs('pass'), ...passed, resultPath };
    expect(await plugin.read(RUN_ID, state)).toMatchObject({ id: '' });
    await writeFile(resultPath, '{}');
    expect(await plugin.read(RUN_ID, state)).toEqual({ id: RUN_ID, state });
  });

  it('removes kept hosts before it is rehearsed again', async () => {
    await start();
    const state = { ...inputs('pass', { keep: '30m' }), ...passed };
    expect(await plugin.update('first', state, inputs('pass'))).toMatchObject({ verdict: 'pass' });
    expect(commands().map((line) => line.split(' --')[0])).toEqual(['reap', 'run /rehearsals/pass']);
    expect(commands()[0]).toBe(`reap --run ${RUN_ID} --execute --json`);
  });

  it('cannot be deleted while something of it is left', async () => {
    await start();
    const state = { ...inputs('pass'), ...passed };
    await plugin.delete(RUN_ID, state);
    const left = [
      { runId: RUN_ID, what: 'host primary', inUse: true },
      { runId: 'other-20261122-120000-beef', what: 'host driver', inUse: true },
    ];
    await writeFile(join(home, 'leftovers.json'), JSON.stringify(left));
    const { message } = await failureOf(plugin.delete(RUN_ID, state));
    expect(message).toMatch(/^could not remove:\ntiny-20261122-120000-beef {2}host primary\nhint: npm run/);
  });
});
