import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { memoryKills } from './memory-kills.ts';

const HOST = { runId: 'a-20261122-021407-9f3a', role: 'primary' };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cgroups-'));
});
afterEach(() => rm(root, { recursive: true }));

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

it('reads the count of cgroup v1', async () => {
  const path = `memory/rehearse/${HOST.runId}/primary/memory.oom_control`;
  await file(path, 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n');
  expect(await memoryKills(HOST, root)).toBe(3);
});

it('reads the count of cgroup v2', async () => {
  await file(`rehearse/${HOST.runId}/primary/memory.events`, 'low 0\nmax 9\noom 2\noom_kill 1\n');
  expect(await memoryKills(HOST, root)).toBe(1);
});

it('does not know without a cgroup of the host', async () => {
  expect(await memoryKills(HOST, root)).toBeUndefined();
});
