import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInUse, readOwner, writeOwner, type Owner } from './owner.ts';
import { runDirOf, type RunDir } from './run-dir.ts';

const here = { bootId: 'boot-1', namespace: 'pid:[1]' };
const owner: Owner = {
  runId: 'demo-20261120-100000-abcd',
  expiresAt: '2026-11-20T22:00:00.000Z',
  pidSpace: here,
  controller: { pid: 4711, startTime: '100' },
  servers: [{ pid: 4712, startTime: '101' }],
  sharedMemory: { segments: [{ key: 1, id: 2 }], files: ['/dev/shm/PostgreSQL.12'] },
};
const PAST = '2026-11-20T11:59:59.000Z';
const nowMs = Date.parse('2026-11-20T12:00:00Z');

describe('isInUse', () => {
  it.each([
    ['is in use while its controller lives', owner, true, true],
    ['is left over when its controller is dead', owner, false, false],
    [
      'is in use while its controller lives, even when it has expired',
      { ...owner, expiresAt: PAST },
      true,
      true,
    ],
    ['is left over after a reboot', { ...owner, pidSpace: { ...here, bootId: 'boot-0' } }, true, false],
    [
      'is left alone when another container made it',
      { ...owner, pidSpace: { ...here, namespace: 'pid:[2]' } },
      false,
      true,
    ],
    [
      'is left over when another container made it and it has expired',
      { ...owner, expiresAt: PAST, pidSpace: { ...here, namespace: 'pid:[2]' } },
      false,
      false,
    ],
  ])('%s', (_, given, controllerAlive, expected) => {
    expect(isInUse(given, { nowMs, here, controllerAlive })).toBe(expected);
  });
});

describe('owner.json', () => {
  let dir: RunDir;
  beforeEach(async () => {
    const path = await mkdtemp(join(tmpdir(), 'owner-test-'));
    dir = { ...runDirOf('unused'), path, owner: join(path, 'owner.json') };
  });
  afterEach(() => rm(dir.path, { recursive: true, force: true }));

  it('is read as it was written', async () => {
    await writeOwner(dir, owner);
    expect(await readOwner(dir)).toEqual(owner);
  });

  it.each([
    ['is cut short', (text: string) => text.slice(0, 50)],
    ['is empty', () => ''],
    [
      'names a file of somebody else',
      (text: string) => text.replace('/dev/shm/PostgreSQL.12', '/etc/passwd'),
    ],
    ['names process group 0', (text: string) => text.replace('4712', '0')],
  ])('counts for nothing when it %s', async (_, damage) => {
    await writeOwner(dir, owner);
    await writeFile(dir.owner, damage(await readFile(dir.owner, 'utf8')));
    expect(await readOwner(dir)).toBeUndefined();
  });

  it('counts for nothing when it is missing', async () => {
    expect(await readOwner(dir)).toBeUndefined();
  });
});
