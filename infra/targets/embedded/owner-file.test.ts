import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownClaim } from '../../claims/claim.ts';
import { makeClaimedFolder } from '../../claims/claimed-folder.ts';
import { readOwner, RUN_DIR_CLAIM, writeOwner, type Owner } from './owner-file.ts';
import { runDirAt } from './run-dir.ts';

const RUN = { runId: 'demo-20261120-100000-abcd', expiresAt: '2026-11-20T22:00:00.000Z' };

it.each([
  ['names a file of somebody else', { path: '/etc/passwd', inode: 1 }],
  ['names a file above /dev/shm', { path: '/dev/shm/../etc/PostgreSQL.1', inode: 1 }],
])('the claim on a run folder counts for nothing when it %s', async (_, file) => {
  const parent = await mkdtemp(join(tmpdir(), 'owner-test-'));
  const dir = runDirAt(join(parent, 'run'), RUN.runId);
  const more = { servers: [], sharedMemory: { segments: [], files: [] } };
  makeClaimedFolder(dir.path, RUN_DIR_CLAIM, { ...(await ownClaim(RUN)), ...more });
  const { claim } = await readOwner(dir);
  expect(claim).toMatchObject({ ...RUN, ...more, controller: { pid: process.pid } });
  await writeOwner(dir, { ...(claim as Owner), sharedMemory: { segments: [], files: [file] } });
  expect(await readOwner(dir)).toEqual({ notOurs: 'its claim cannot be read' });
  await rm(parent, { recursive: true });
});
