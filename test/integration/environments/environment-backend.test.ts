import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findEngine } from '../../../infra/pulumi/engine/find-engine.ts';
import { PROJECT } from '../../../infra/pulumi/project-name.ts';
import { canMakeEnvironments, EnvironmentBench } from './environment-bench.ts';

const ROOT = join(import.meta.dirname, '../../..');
const signal = AbortSignal.timeout(300_000);
const chosen = process.env['PULUMI_BACKEND_URL'];

let dir: string;
let bench: EnvironmentBench | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backend-'));
  await mkdir(join(dir, 'states'));
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  if (chosen === undefined) delete process.env['PULUMI_BACKEND_URL'];
  else process.env['PULUMI_BACKEND_URL'] = chosen;
  await rm(dir, { recursive: true });
});

/** The user's own backend, by the environment as a shell sets it. */
async function benchOn(url: string): Promise<EnvironmentBench> {
  process.env['PULUMI_BACKEND_URL'] = url;
  return EnvironmentBench.make('backend');
}

/** What that backend has on record of runs. */
async function stacks(): Promise<string> {
  const engine = await findEngine();
  if ('missing' in engine) throw new Error(engine.missing);
  const { stdout } = await execa(engine.pulumi.path, ['stack', 'ls', '--project', PROJECT, '--json']);
  return stdout;
}

describe.skipIf(!(await canMakeEnvironments()))('an environment in the user’s backend', () => {
  test.each([
    ['a folder that is gone', 'file:///nonexistent/states', 'file:///nonexistent/states'],
    ['a server that refuses', 'postgres://me:hush@127.0.0.1:9/x', 'postgres://me:***@127.0.0.1:9/x'],
  ])('is not made while that is %s', async (_, url, shown) => {
    bench = await benchOn(url);
    const environment = bench.environment();
    const failure = await environment.up(signal).then(String, (error: unknown) => error);
    expect(failure).toMatchObject({ code: 'BACKEND_AWAY' });
    expect(String(failure)).toContain(`the Pulumi backend ${shown} does not answer: `);
    expect(String(failure)).not.toContain('hush');
    expect(bench.lines).toEqual([]);
    expect(await bench.traces()).toEqual([]);
    await environment.destroy();
    expect(await bench.traces()).toEqual([]);
  });

  test('goes when that is away by then; what it says removes its entry there', async () => {
    const states = join(dir, 'states');
    bench = await benchOn(`file://${states}`);
    const environment = bench.environment();
    await environment.up(signal);
    await rename(states, `${states}-away`);
    const told: string[] = [];
    await environment.destroy((line) => told.push(line));
    expect(await bench.traces()).toEqual([]);

    expect(told).toEqual([expect.stringContaining(`the hosts of ${bench.spec.runId} are gone`) as string]);
    await rename(`${states}-away`, states);
    expect(await stacks()).toContain(bench.spec.runId);
    delete process.env['PULUMI_BACKEND_URL'];
    await execa(told[0]?.split(' answers: ')[1] ?? 'false', { shell: true, cwd: ROOT });
    process.env['PULUMI_BACKEND_URL'] = `file://${states}`;
    expect(await stacks()).toBe('[]');
  });
});
