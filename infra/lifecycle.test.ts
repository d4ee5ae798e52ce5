import { describe, expect, it } from 'vitest';
import { RehearsalError } from '../scripts/shared/errors.ts';
import { withEnvironment } from './lifecycle.ts';
import type {
  Environment,
  EnvironmentSpec,
  Leftover,
  RunningEnvironment,
  Target,
} from './contract/target.ts';

const spec: EnvironmentSpec = {
  runId: 'demo-1',
  postgres: { settings: [], standby: false },
  hosts: {},
  expiresAt: '2026-11-20T10:00:00Z',
};

/** A target whose environment writes down what happens to it. */
function recorder(overrides: Partial<Environment> = {}, leftovers: Leftover[] = []) {
  const calls: string[] = [];
  const failed = new AbortController();
  const running: RunningEnvironment = {
    hosts: 1,
    hostInfo: [],
    engine: 'here',
    created: {},
    primary: { host: '127.0.0.1', port: 1, user: 'u', password: 'p', database: 'd' },
    standby: null,
    scratchDir: '/nowhere',
    limits: [],
    restoreSettings: [],
    enclose: null,
    commandReach: { open: '', rehearsedOnly: '' },
    switchTo: () => Promise.resolve(),
    failed: failed.signal,
  };
  const environment: Environment = {
    ...(overrides.keep ? { keep: overrides.keep } : {}),
    up: () => {
      calls.push('up');
      return overrides.up ? overrides.up(new AbortController().signal) : Promise.resolve(running);
    },
    destroy: () => {
      for (const end of ends.splice(0)) end();
      calls.push('destroy');
      return overrides.destroy?.() ?? Promise.resolve();
    },
  };
  const target: Target = {
    name: 'recorder',
    available: () => Promise.resolve({ available: true, detail: '' }),
    confines: () => Promise.resolve({ available: true, detail: '' }),
    environment: () => environment,
    leftovers: () => Promise.resolve({ found: leftovers, unseen: [] }),
    notOurs: () => Promise.resolve({ found: [], unseen: [] }),
    price: () => Promise.resolve(undefined),
  };
  return { calls, failed, target };
}

/** Ends with the environment, as what hangs does: a tear-down waits for what has been given up. */
function forever(): Promise<never> {
  return new Promise((_, reject) => {
    ends.push(() => {
      reject(new Error('the server is gone'));
    });
  });
}
const ends: (() => void)[] = [];

describe('withEnvironment', () => {
  it('makes, uses, tells that it tears down, and destroys, in that order', async () => {
    const { calls, target } = recorder();
    const lifecycle = await withEnvironment(
      target,
      spec,
      (environment) => {
        calls.push(`use ${environment.hosts}`);
        return Promise.resolve(42);
      },
      { signal: new AbortController().signal, onTeardown: () => calls.push('teardown') },
    );
    expect(calls).toEqual(['up', 'use 1', 'teardown', 'destroy']);
    expect(lifecycle).toEqual({
      use: { status: 'fulfilled', value: 42 },
      createMs: expect.any(Number) as number,
      destroyMs: expect.any(Number) as number,
      leftovers: [],
      keptUntil: null,
      failures: [],
    });
  });

  it('keeps what was used when it is asked to, and does not look for leftovers', async () => {
    const until = new Date('2026-11-20T10:30:00Z');
    const kept: Date[] = [];
    const { calls, target } = recorder({ keep: (date) => Promise.resolve(void kept.push(date)) });
    const signal = new AbortController().signal;
    const lifecycle = await withEnvironment(target, spec, () => Promise.resolve(1), {
      signal,
      keepUntil: () => until,
    });
    expect(calls).toEqual(['up']);
    expect(kept).toEqual([until]);
    expect(lifecycle).toMatchObject({ keptUntil: until, leftovers: [], destroyMs: 0 });
  });

  it('destroys what it cannot keep, and what was interrupted or failed', async () => {
    const signal = new AbortController().signal;
    const keepUntil = (): Date => new Date();
    const stuck = recorder({ keep: () => Promise.reject(new Error('no clock')) });
    const lifecycle = await withEnvironment(stuck.target, spec, () => Promise.resolve(), {
      signal,
      keepUntil,
    });
    expect(stuck.calls).toEqual(['up', 'destroy']);
    expect(lifecycle).toMatchObject({
      keptUntil: null,
      failures: [{ label: 'keeping the environment of demo-1', error: new Error('no clock') }],
    });
    const failing = recorder({ keep: () => Promise.resolve() });
    await withEnvironment(failing.target, spec, () => Promise.reject(new Error('x')), { signal, keepUntil });
    expect(failing.calls).toEqual(['up', 'destroy']);
  });

  it('destroys what a failed up may have left, and keeps its reason', async () => {
    const problem = new RehearsalError('PORT_TAKEN', 'taken');
    const { calls, target } = recorder({ up: () => Promise.reject(problem) });
    const { use } = await withEnvironment(target, spec, forever, { signal: new AbortController().signal });
    expect(use).toEqual({ status: 'rejected', reason: problem });
    expect(calls).toEqual(['up', 'destroy']);
  });

  it('does not wait for an up that ignores the interruption', async () => {
    const { calls, target } = recorder({ up: forever });
    const stop = new AbortController();
    const reason = new RehearsalError('INTERRUPTED', 'stopped');
    setTimeout(() => {
      stop.abort(reason);
    }, 20);
    const { use } = await withEnvironment(target, spec, forever, { signal: stop.signal });
    expect(use).toEqual({ status: 'rejected', reason });
    expect(calls).toEqual(['up', 'destroy']);
  });

  it('makes nothing when it is interrupted before it starts', async () => {
    const { calls, target } = recorder();
    const reason = new RehearsalError('INTERRUPTED', 'stopped');
    const { use } = await withEnvironment(target, spec, forever, { signal: AbortSignal.abort(reason) });
    expect(use).toEqual({ status: 'rejected', reason });
    expect(calls).toEqual(['destroy']);
  });

  it('rejects a use that hangs when the server dies', async () => {
    const { failed, target } = recorder();
    const reason = new RehearsalError('POSTGRES_DIED', 'gone');
    const use = (): Promise<never> => {
      failed.abort(reason);
      return forever();
    };
    const lifecycle = await withEnvironment(target, spec, use, { signal: new AbortController().signal });
    expect(lifecycle.use).toEqual({ status: 'rejected', reason });
  });

  it('prefers the server’s reason to the error of a client that noticed first', async () => {
    const { failed, target } = recorder();
    const reason = new RehearsalError('POSTGRES_DIED', 'gone');
    const use = (): Promise<never> => {
      setTimeout(() => {
        failed.abort(reason);
      }, 30);
      return Promise.reject(new Error('Connection terminated unexpectedly'));
    };
    const lifecycle = await withEnvironment(target, spec, use, { signal: new AbortController().signal });
    expect(lifecycle.use).toEqual({ status: 'rejected', reason });
  });

  it('keeps the error of a use that failed by itself', async () => {
    const { target } = recorder();
    const reason = new RehearsalError('RESTORE_FAILED', 'no');
    const lifecycle = await withEnvironment(target, spec, () => Promise.reject(reason), {
      signal: new AbortController().signal,
    });
    expect(lifecycle.use).toEqual({ status: 'rejected', reason });
  });

  it('tries a second time to destroy, and reports when that fails too', async () => {
    const stuck = recorder({ destroy: () => Promise.reject(new Error('stuck')) });
    const signal = new AbortController().signal;
    const lifecycle = await withEnvironment(stuck.target, spec, () => Promise.resolve(), { signal });
    expect(stuck.calls).toEqual(['up', 'destroy', 'destroy']);
    expect(lifecycle.failures).toEqual([{ label: 'environment of demo-1', error: new Error('stuck') }]);
  });

  it('reports what the target still finds of this run, and of no other', async () => {
    const leftover = (runId: string): Leftover => ({
      target: 'recorder',
      runId,
      what: 'folder /x',
      expiresAt: null,
      inUse: true,
      ownerDied: false,
      remove: () => Promise.resolve(),
    });
    const { target } = recorder({}, [leftover('demo-1'), leftover('demo-2')]);
    const signal = new AbortController().signal;
    const { leftovers } = await withEnvironment(target, spec, () => Promise.resolve(), { signal });
    expect(leftovers?.map(({ runId }) => runId)).toEqual(['demo-1']);
  });

  it('does not take a place that could not be looked at for an empty one', async () => {
    const { target } = recorder();
    const away = { ...target, leftovers: () => Promise.reject(new Error('its API is away')) };
    const signal = new AbortController().signal;
    const { use, leftovers, failures } = await withEnvironment(away, spec, () => Promise.resolve(), {
      signal,
    });
    expect({ use, leftovers, failures }).toEqual({
      use: { status: 'fulfilled', value: undefined },
      leftovers: null,
      failures: [{ label: 'looking for what is left of demo-1', error: new Error('its API is away') }],
    });
  });
});
