import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptWith, type Value } from './privileged.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cgroups-'));
});
afterEach(() => rm(root, { recursive: true }));

/** Runs a function of the script on a folder that looks like a mount of cgroups; the kernel's files are plain ones. */
async function cgroups(call: string, limits: Record<string, Value> = {}): Promise<string> {
  const none = { CPU_PERCENT: '', MEMORY_BYTES: '', DISK_BYTES_PER_SEC: '', DISK_DEVICE: '254:0' };
  const variables = {
    CG: root,
    CLAIMS: join(root, '.claims'),
    RUN: 'a-run',
    ROLE: 'primary',
    ...none,
    ...limits,
  };
  const input = `${scriptWith(variables, 'claims', 'cgroups')}\nset -euo pipefail\n${call}\n`;
  const { stdout } = await execa('bash', ['-s'], { input });
  return stdout;
}

async function file(path: string, text = ''): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const read = async (path: string): Promise<string> => (await readFile(join(root, path), 'utf8')).trim();
const LIMITS = { CPU_PERCENT: 150, MEMORY_BYTES: 536_870_912, DISK_BYTES_PER_SEC: 10_000_000 };

describe.skipIf(process.platform !== 'linux')('limits by cgroup v2', () => {
  beforeEach(async () => {
    await file('cgroup.controllers', 'cpuset cpu io memory pids\n');
    await mkdir(join(root, '.claims'));
  });

  it('are set once their controllers are handed down', async () => {
    expect(await cgroups('cgroup_version; cgroups_up', LIMITS)).toBe('2');
    // A plain file keeps the last word only.
    expect(await read('cgroup.subtree_control')).toBe('+io');
    const leaf = 'rehearse.a-run.primary';
    expect(await read(`${leaf}/memory.max`)).toBe('536870912');
    expect(await read(`${leaf}/cpu.max`)).toBe('150000 100000');
    expect(await read(`${leaf}/pids.max`)).toBe('4096');
    expect(await read(`${leaf}/io.max`)).toBe('254:0 rbps=10000000 wbps=10000000');
  });

  it('are left out where none were asked for', async () => {
    await cgroups('cgroups_up');
    expect(existsSync(join(root, 'rehearse.a-run.primary/memory.max'))).toBe(false);
    expect(existsSync(join(root, 'rehearse.a-run.primary/cpu.max'))).toBe(false);
  });

  it('hold for the shell that enters, and all it starts', async () => {
    const pid = await cgroups('cgroups_up; ( cgroups_enter; echo $BASHPID )');
    expect(await read('rehearse.a-run.primary/cgroup.procs')).toBe(pid);
  });

  it('go with their folders, but only those that were written down', async () => {
    await mkdir(join(root, 'rehearse.another-run.primary'));
    // A folder of somebody else has come in place of ours.
    await mkdir(join(root, 'pids/rehearse.a-run.primary'), { recursive: true });
    await cgroups(
      'make_cgroup "$CG/rehearse.a-run.primary"; claim_thing cgroup 1 "$CG/pids/rehearse.a-run.primary"; cgroups_down',
    );
    expect(existsSync(join(root, 'rehearse.a-run.primary'))).toBe(false);
    expect(existsSync(join(root, 'rehearse.another-run.primary'))).toBe(true);
    expect(existsSync(join(root, 'pids/rehearse.a-run.primary'))).toBe(true);
  });

  it('are refused where somebody else has a cgroup of that name', async () => {
    await mkdir(join(root, 'rehearse.a-run.primary'));
    await expect(cgroups('cgroups_up', LIMITS)).rejects.toThrow(/exists already, and is not ours/);
  });
});

describe.skipIf(process.platform !== 'linux')('limits by cgroup v1', () => {
  it('are used where the cgroup2 mount has no controllers', async () => {
    for (const controller of ['memory', 'cpu', 'pids', 'blkio']) await mkdir(join(root, controller));
    await file('unified/cgroup.controllers');
    await mkdir(join(root, '.claims'));
    expect(await cgroups('cgroup_version; cgroups_up', LIMITS)).toBe('1');
    const leaf = 'rehearse.a-run.primary';
    expect(await read(`memory/${leaf}/memory.limit_in_bytes`)).toBe('536870912');
    expect(await read(`cpu/${leaf}/cpu.cfs_quota_us`)).toBe('150000');
    expect(await read(`pids/${leaf}/pids.max`)).toBe('4096');
    expect(await read(`blkio/${leaf}/blkio.throttle.write_bps_device`)).toBe('254:0 10000000');
  });

  it('are refused where there are no controllers at all', async () => {
    await expect(cgroups('cgroups_up')).rejects.toThrow(/no cgroup controllers below/);
  });
});
