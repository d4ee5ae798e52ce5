import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf } from '../../../infra/process-identity.ts';
import { holdNight, type NightClaim } from './lock.ts';

const NEVER = new AbortController().signal;
let dir = '';
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'night-'))));
afterEach(() => rm(dir, { recursive: true }));

test('the second night says whom it waits for, and goes on when the first has ended', async () => {
  const waits: NightClaim[] = [];
  const letGo = await holdNight(dir, NEVER, () => undefined);
  const second = holdNight(dir, NEVER, (holder) => {
    waits.push(holder);
    void letGo();
  });
  await (
    await second
  )();
  expect(waits.map(({ pid }) => pid)).toEqual([process.pid]);
  expect(await readdir(dir)).toEqual([]);
});

test('it does not wait beyond its deadline', async () => {
  const letGo = await holdNight(dir, NEVER, () => undefined);
  const signal = AbortSignal.timeout(50);
  await expect(holdNight(dir, signal, () => undefined)).rejects.toThrow();
  await letGo();
});

test.each(['dead', 'damaged'])('the lock of a night that is %s is taken over', async (kind) => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const identity = await identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const claim = { ...identity, since: '2026-01-01T00:00:00Z' };
  await writeFile(join(dir, '.nightly.lock'), kind === 'dead' ? JSON.stringify(claim) : '{"pid":');
  const letGo = await holdNight(dir, NEVER, () => expect.unreachable());
  await letGo();
  expect(await readdir(dir)).toEqual([]);
});
