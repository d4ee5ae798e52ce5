import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newRunId } from '../../scripts/artifacts/run-id.ts';
import type { Leftover, Look } from '../contract/target.ts';
import { chosenBackend } from './chosen-backend.ts';
import { fillSessionFolder, sessionFolderOf, type SessionFolder } from './session-folder.ts';
import { removeFolder, sessionLeftovers } from './session-leftovers.ts';
import { claimSession, readSession, writeSession } from './session-record.ts';
import { sessionSecrets } from './session-secrets.ts';

/** A target whose hosts are gone, or are not. */
const hosts = {
  name: 'session-test',
  removeRun: () => Promise.resolve(),
  leftovers: (): Promise<Look<Leftover>> => Promise.resolve({ found: [], unseen: [] }),
};
const fresh = { target: 'session-test', expiresAt: '2030-01-01T00:00:00Z', backend: null };

describe('a session folder', () => {
  let folder: SessionFolder;

  beforeEach(async () => {
    folder = await sessionFolderOf(newRunId('session-test'));
    await claimSession(folder, fresh);
    await fillSessionFolder(folder);
  });
  afterEach(() => removeFolder(folder));

  test('is for its user’s eyes only', async () => {
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    await sessionSecrets(folder);
    for (const path of [folder.privateKey, folder.passphrase])
      expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('gives the same key and passwords whenever it is asked', async () => {
    const first = await sessionSecrets(folder);
    expect(await sessionSecrets(folder)).toEqual(first);
    expect(first.keys.publicKey).toMatch(/^ssh-ed25519 /);
    expect(first.passwords.superuser).not.toBe(first.passwords.replication);
    expect(await readFile(folder.privateKey, 'utf8')).toBe(first.keys.privateKey);
  });

  test('keeps its first expiry and maker when a controller claims it anew', async () => {
    const first = await claimSession(folder, fresh);
    const again = await claimSession(folder, { ...fresh, expiresAt: '2031-01-01T00:00:00Z' });
    expect(again).toEqual(first);
  });

  test('is in use while its controller lives or it is kept, and a leftover after that', async () => {
    const record = await claimSession(folder, fresh);
    const inUse = async (): Promise<boolean[]> => {
      const found = await sessionLeftovers(hosts);
      return found.filter(({ runId }) => runId === folder.runId).map((one) => one.inUse);
    };
    expect(await inUse()).toEqual([true]);
    const dead = { ...record, controller: { pid: record.controller.pid, startTime: 'another' } };
    await writeSession(folder, dead);
    expect(await inUse()).toEqual([false]);
    await writeSession(folder, { ...dead, keptUntil: new Date(Date.now() + 60_000).toISOString() });
    expect(await inUse()).toEqual([true]);
    await writeSession(folder, { ...dead, keptUntil: new Date(Date.now() - 1).toISOString() });
    const [leftover] = await sessionLeftovers(hosts);
    await leftover?.remove();
    expect(await inUse()).toEqual([]);
    expect(await readSession(folder)).toBeUndefined();
  });

  test('stays while its target cannot remove what the run may have of hosts, as without a token', async () => {
    const record = await claimSession(folder, fresh);
    const controller = { pid: record.controller.pid, startTime: 'another' };
    await writeSession(folder, { ...record, controller });
    const asked: string[] = [];
    const removal = async (removeRun: (runId: string) => Promise<void>): Promise<void> => {
      const found = await sessionLeftovers({ ...hosts, removeRun });
      await found.find(({ runId }) => runId === folder.runId)?.remove();
    };
    await expect(removal(() => Promise.reject(new Error('no token')))).rejects.toThrow('no token');
    expect(await readSession(folder)).toBeDefined();
    await removal((runId) => Promise.resolve(void asked.push(runId)));
    expect([asked, await readSession(folder)]).toEqual([[folder.runId], undefined]);
  });

  test('goes without its stack when the backend is away, but never before its hosts', async () => {
    const backend = { url: 'file:///nonexistent/states', credentials: '/nonexistent' };
    const record = await claimSession(folder, fresh);
    const controller = { pid: record.controller.pid, startTime: 'another' };
    const dead = { ...record, backend, controller, stack: true };
    await writeSession(folder, dead);
    const told: string[] = [];
    const removal = async (look: Look<Leftover>): Promise<string> => {
      const found = await sessionLeftovers({ ...hosts, leftovers: () => Promise.resolve(look) });
      const own = found.filter(({ runId }) => runId === folder.runId);
      const ended = own.map(({ remove }) => remove((line) => told.push(line)));
      return Promise.all(ended).then(
        () => `${own.length} removed`,
        () => 'failed',
      );
    };
    const primary: Leftover = {
      target: hosts.name,
      runId: folder.runId,
      what: 'host primary',
      expiresAt: null,
      inUse: false,
      ownerDied: true,
      remove: () => Promise.resolve(),
    };
    const unseen = [{ target: hosts.name, why: 'its API is away' }];
    expect(await removal({ found: [primary], unseen: [] })).toBe('failed');
    expect(await removal({ found: [], unseen })).toBe('failed');
    expect([told, await readSession(folder)]).toEqual([[], dead]);
    expect(await removal({ found: [], unseen: [] })).toBe('2 removed');
    expect(await readSession(folder)).toBeUndefined();
    expect(told.map((line) => line.replace(/^.* answers: |npm run -s pulumi --|pulumi/g, ''))).toEqual([
      `PULUMI_BACKEND_URL=file:///nonexistent/states  stack rm --force --yes --stack organization/dress-rehearsal-environment/${folder.runId}`,
    ]);
  });
});

describe('the backend', () => {
  test('is the run’s own where the user chose none', async () => {
    const env = { HOME: '/nonexistent', PULUMI_HOME: '/nonexistent' };
    expect(await chosenBackend(env)).toBeNull();
    const named = { ...env, PULUMI_BACKEND_URL: 'file:///x' };
    expect(await chosenBackend({ ...named, REHEARSE_DEFAULT_BACKEND: '1' })).toBeNull();
    expect(await chosenBackend(named)).toEqual({ url: 'file:///x', credentials: '/nonexistent' });
  });

  test('is the one that the user is logged in to', async () => {
    const home = await mkdtemp(join(tmpdir(), 'pulumi-home-'));
    await writeFile(join(home, 'credentials.json'), '{"current":"https://api.example.com"}');
    expect(await chosenBackend({ PULUMI_HOME: home })).toEqual({
      url: 'https://api.example.com',
      credentials: home,
    });
    await rm(home, { recursive: true });
  });
});
