import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf, type ProcessIdentity } from '../../../infra/process-identity.ts';
import { createLocalHost, localHostAlive, removeLocalHost } from '../../../infra/targets/local/host.ts';
import { adoptLocalHosts, keepLocalHosts } from '../../../infra/targets/local/keep.ts';
import { localLeftovers } from '../../../infra/targets/local/leftovers.ts';
import { CLAIMS_ROOT, netnsOf, stateRoot } from '../../../infra/targets/local/parts/part-names.ts';
import { localNetworkAlive } from '../../../infra/targets/local/network/network.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { localTraces } from '../../support/hosts/local-traces.ts';
import { leaveNothing, LocalRun, needsLocalHosts, never } from './local-fixture.ts';

async function until(what: () => boolean, limitMs = 15_000, everyMs = 50): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!what()) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(everyMs);
  }
}

/** A process that ran once. */
async function endedProcess(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60']);
  const identity = (await identityOf(child.pid!))!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

const tracesOf = (run: LocalRun, role: string): string[] =>
  localTraces(run.runId).filter((trace) => trace.includes(role));
const leftoversOf = async (runId: string) =>
  (await localLeftovers()).filter((leftover) => leftover.runId === runId);

describe.skipIf(!(await needsLocalHosts()))('the end of a local host', () => {
  leaveNothing();

  it('is noticed when its first process is killed, and cleans up after itself', async () => {
    const run = await LocalRun.start();
    const host = await run.host('driver');
    process.kill(host.pid, 'SIGKILL');
    await until(() => !existsSync(`/proc/${host.pid}`));
    expect(await localHostAlive(host)).toBe(false);
    await until(() => tracesOf(run, 'driver').length === 0);
    expect(await localNetworkAlive(run.network)).toBe(true);
  });

  it('comes with its expiry, also of the network, and keeping moves it', async () => {
    const run = await LocalRun.start();
    await run.host('driver');
    const deadline = new Date(Date.now() + 2_000);
    await keepLocalHosts(run.runId, deadline);
    expect(await leftoversOf(run.runId)).toMatchObject([
      { inUse: true, expiresAt: expect.any(String) as string },
      { inUse: true },
    ]);
    await until(() => localTraces(run.runId).length === 0);
    expect(Date.now()).toBeGreaterThan(deadline.getTime() - 1);
    await expect(keepLocalHosts(run.runId, new Date(Date.now() + 60_000))).rejects.toMatchObject({
      code: 'HOST_DIED',
    });
  });

  it('comes with the process that watches its expiry', async () => {
    const run = await LocalRun.start();
    const host = await run.host('driver');
    const keeper = tracesOf(run, 'driver').find((trace) => trace.includes('rehearse-keeper'))!;
    process.kill(Number(keeper.split(' ')[1]), 'SIGKILL');
    await until(() => !existsSync(`/proc/${host.pid}`));
    expect(await localHostAlive(host)).toBe(false);
  });

  it('is removed by several at once, none of which fails', async () => {
    const run = await LocalRun.start();
    await run.host('driver');
    const disk = join(stateRoot(), `${run.runId}.driver`, 'disk');
    for (let n = 0; n < 3_000; n++) writeFileSync(join(disk, `file-${n}`), '');
    const remove = (): Promise<void> => removeLocalHost(run.runId, 'driver');
    await Promise.all([remove(), remove(), remove()]);
    expect(tracesOf(run, 'driver')).toEqual([]);
  });

  it('leaves nothing when its creation is aborted half-way', async () => {
    const run = await LocalRun.start();
    for (const trace of ['namespace', 'process']) {
      const stop = new AbortController();
      const creation = run.host('driver', {}, stop.signal).catch((error: unknown) => error);
      await until(() => tracesOf(run, 'driver').some((found) => found.startsWith(trace)), 15_000, 1);
      stop.abort(new Error('stopped'));
      expect(await creation).toMatchObject({ message: 'stopped' });
      expect(tracesOf(run, 'driver')).toEqual([]);
    }
  });

  it('is possible for one that is not there, and touches nothing that only has its name', async () => {
    const run = await LocalRun.start();
    const name = netnsOf({ runId: run.runId, role: 'standby' });
    const folder = join(stateRoot(), `${run.runId}.standby`);
    execFileSync('ip', ['netns', 'add', name]);
    mkdirSync(folder);
    await removeLocalHost(run.runId, 'standby');
    expect([existsSync(`/run/netns/${name}`), existsSync(folder)]).toEqual([true, true]);
    await expect(run.host('standby')).rejects.toMatchObject({ code: 'HOST_START_FAILED' });
    expect([existsSync(`/run/netns/${name}`), existsSync(folder)]).toEqual([true, true]);
    execFileSync('ip', ['netns', 'del', name]);
    rmSync(folder, { recursive: true });
    expect(tracesOf(run, 'standby')).toEqual([]);
  });

  it('comes with the death of its owner, a while later, but not while it is kept', async () => {
    const owner = spawn('sleep', ['600']);
    const [controller, orphanSeconds] = [(await identityOf(owner.pid!))!, 2];
    const [run, kept] = await Promise.all([
      LocalRun.start({ controller, orphanSeconds }),
      LocalRun.start({ controller, orphanSeconds }),
    ]);
    await Promise.all([run.host('driver', { orphanSeconds }), kept.host('driver', { orphanSeconds })]);
    await keepLocalHosts(kept.runId, new Date(Date.now() + 60_000));
    owner.kill('SIGKILL');
    await until(() => localTraces(run.runId).length === 0);
    await sleep(1_000);
    expect(await localNetworkAlive(kept.network)).toBe(true);
    // Who goes on with a run is its owner from then on.
    await adoptLocalHosts(kept.runId, new Date(Date.now() + 60_000), controller);
    await until(() => localTraces(kept.runId).length === 0);
  });

  it('does not come from making a second one of the same name', async () => {
    const run = await LocalRun.start();
    const host = await run.host('driver');
    await expect(run.host('driver')).rejects.toMatchObject({ code: 'HOST_START_FAILED' });
    expect(await localHostAlive(host)).toBe(true);
    expect(await run.ssh(host, 'echo fine')).toBe('fine');
  });

  it('comes by what is found of a run whose owner died and whose folder is gone', async () => {
    const run = await LocalRun.start({ controller: await endedProcess() });
    await Promise.all([run.host('primary'), run.host('driver')]);
    for (const role of ['primary', 'driver', 'network'])
      rmSync(join(stateRoot(), `${run.runId}.${role}`), { recursive: true, force: true });
    const found = await leftoversOf(run.runId);
    expect(found.map(({ what }) => what.split(' (')[0])).toEqual(['host driver', 'host primary', 'network']);
    for (const leftover of found) {
      expect(leftover).toMatchObject({ target: 'local', inUse: false });
      expect(Math.abs(Date.parse(leftover.expiresAt!) - Date.parse(run.expiresAt))).toBeLessThanOrEqual(
        1_000,
      );
      await leftover.remove();
    }
    expect(localTraces(run.runId)).toEqual([]);
  });

  it('leaves no folder of a part whose maker was killed at any point of making it', async () => {
    const run = await LocalRun.start({ controller: await endedProcess() });
    const folder = join(stateRoot(), `${run.runId}.driver`);
    const claimPath = join(CLAIMS_ROOT, `${run.runId}.driver`);
    const head = readFileSync(join(CLAIMS_ROOT, `${run.runId}.network`), 'utf8')
      .replace(/ network$/m, ' driver')
      .split('\n')
      .slice(0, 3);
    const drafts: (string | null)[] = [null, '', `${head.join('\n')}\n`];
    for (const draft of drafts) {
      writeFileSync(claimPath, [...head, `folder 0 ${folder}`, ''].join('\n'));
      mkdirSync(`${folder}.4711`);
      if (draft !== null) writeFileSync(join(`${folder}.4711`, 'claim'), draft);
      const left = (await leftoversOf(run.runId)).filter(({ what }) => what.includes('driver'));
      for (const leftover of left) await leftover.remove();
      expect([existsSync(`${folder}.4711`), existsSync(claimPath)], JSON.stringify(draft)).toEqual([
        false,
        false,
      ]);
    }
    writeFileSync(claimPath, [...head, `folder 0 ${folder}`, ''].join('\n'));
    mkdirSync(folder);
    await removeLocalHost(run.runId, 'driver');
    expect(tracesOf(run, 'driver')).toEqual([]);
  });

  it('is nobody’s business while its owner lives', async () => {
    const run = await LocalRun.start();
    rmSync(join(stateRoot(), `${run.runId}.network`), { recursive: true, force: true });
    expect(await leftoversOf(run.runId)).toMatchObject([{ inUse: true }]);
    const spec = {
      runId: run.runId,
      network: run.network,
      expiresAt: run.expiresAt,
      controller: null,
      share: [],
    };
    await createLocalHost(
      { ...spec, role: 'driver', address: run.address('driver'), authorizedKey: run.key.public },
      never,
    );
    expect(await leftoversOf(run.runId)).toMatchObject([{ inUse: true }, { inUse: true }]);
  });
});
