import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { sessionFolderOf } from '../../pulumi/session-folder.ts';
import { claimSession, writeSession } from '../../pulumi/session-record.ts';
import { cloudLeftovers } from './leftovers.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'cloud-leftovers-'));
  vi.stubEnv('XDG_STATE_HOME', state);
  vi.stubEnv('DIGITALOCEAN_TOKEN', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(state, { recursive: true, force: true });
});

it('a cloud without its token is looked at in vain only where a run has died, not where one goes on', async () => {
  const runId = newRunId('leftovers');
  const path = join(state, 'dress-rehearsal', 'runs', runId);
  await mkdir(path, { recursive: true });
  const folder = await sessionFolderOf(runId);
  expect(folder.path).toBe(path);
  await rm(path, { recursive: true });
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const record = await claimSession(folder, { target: 'digitalocean', expiresAt, backend: null });
  const look = () => cloudLeftovers('digitalocean', AbortSignal.timeout(5_000));
  expect(await look()).toEqual({ found: [], unseen: [] });
  await writeSession(folder, { ...record, controller: { ...record.controller, startTime: 'before' } });
  expect(await look()).toEqual({
    found: [],
    unseen: [{ target: 'digitalocean', why: 'DIGITALOCEAN_TOKEN is not set' }],
  });
});
