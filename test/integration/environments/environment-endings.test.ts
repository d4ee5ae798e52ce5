import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fillSessionFolder } from '../../../infra/pulumi/session-folder.ts';
import { claimSession } from '../../../infra/pulumi/session-record.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { canMakeEnvironments, EnvironmentBench } from './environment-bench.ts';

const signal = AbortSignal.timeout(300_000);
const LOCKS = ['.pulumi', 'locks', 'organization', 'dress-rehearsal-environment'];
/** As large as the kernel allows, and in no use. */
const DEAD_PID = 4_194_303;

let bench: EnvironmentBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

/** What an engine of that pid writes when it takes the stack. */
async function lockStack({ folder, spec }: EnvironmentBench, pid: number): Promise<void> {
  const { expiresAt } = spec;
  await claimSession(folder, { target: 'local', expiresAt, backend: null });
  await fillSessionFolder(folder);
  const dir = join(folder.state, ...LOCKS, spec.runId);
  await mkdir(dir, { recursive: true });
  const lock = { pid, username: 'root', hostname: hostname(), timestamp: '2026-11-22T17:00:00Z' };
  await writeFile(join(dir, 'a0d9e2c6-5f43-4a6e-8d1b-2f6f4a2f7c11.json'), JSON.stringify(lock));
}

describe.skipIf(!(await canMakeEnvironments()))('an environment that does not come up', () => {
  test('whose engine is killed in the middle leaves nothing', async () => {
    bench = await EnvironmentBench.make('killed');
    const environment = bench.environment();
    const up = environment.up(signal);
    const failure = expect(up).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'the Pulumi engine was ended by SIGKILL',
    });
    await bench.said('primary-host is there');
    const engine = bench.engineProcesses().find(({ name }) => name === 'pulumi');
    process.kill(engine?.pid ?? 0, 'SIGKILL');
    await failure;
    await environment.destroy();
    expect(await bench.traces()).toEqual([]);
  });

  test('that is interrupted while its hosts are being made leaves nothing, also without an engine to ask', async () => {
    bench = await EnvironmentBench.make('aborted');
    const environment = bench.environment();
    const controller = new AbortController();
    const up = environment.up(controller.signal);
    const failure = expect(up).rejects.toThrow('somebody pressed Ctrl-C');
    await bench.said('network-bridge is there');
    await sleep(200);
    controller.abort(new Error('somebody pressed Ctrl-C'));
    const { PATH, XDG_CACHE_HOME } = process.env;
    process.env['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin';
    process.env['XDG_CACHE_HOME'] = '/nonexistent';
    try {
      await environment.destroy();
    } finally {
      process.env['PATH'] = PATH;
      if (XDG_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
      else process.env['XDG_CACHE_HOME'] = XDG_CACHE_HOME;
    }
    await failure;
    expect(await bench.traces()).toEqual([]);
  });

  test('says which setting the server refuses', async () => {
    bench = await EnvironmentBench.make('setting', { settings: [{ name: 'work_memm', value: '4MB' }] });
    const environment = bench.environment();
    await expect(environment.up(signal)).rejects.toMatchObject({
      code: 'POSTGRES_START_FAILED',
      message: expect.stringContaining('unrecognized configuration parameter "work_memm"') as string,
    });
    await environment.destroy();
    expect(await bench.traces()).toEqual([]);
  });

  test('says that a host is too small before anything is made', async () => {
    bench = await EnvironmentBench.make('small', { hosts: { primary: { memoryBytes: 64 * 1024 ** 2 } } });
    await expect(bench.environment().up(signal)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(bench.lines).toEqual([]);
  });

  test('says who holds its stack', async () => {
    bench = await EnvironmentBench.make('locked');
    await lockStack(bench, process.pid);
    await expect(bench.environment().up(signal)).rejects.toMatchObject({
      code: 'STACK_LOCKED',
      message: `the stack of this run is locked by process ${process.pid} of root on ${hostname()}, since 2026-11-22T17:00:00Z`,
    });
    await bench.environment().destroy();
    expect(await bench.traces()).toEqual([]);
  });

  test('takes no heed of a lock whose holder is dead', async () => {
    bench = await EnvironmentBench.make('dead-lock');
    await lockStack(bench, DEAD_PID);
    const up = await bench.environment().up(signal);
    expect(up.hostInfo.map(({ role }) => role)).toEqual(['primary', 'driver']);
  });
});
