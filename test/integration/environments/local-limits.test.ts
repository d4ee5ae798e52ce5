import { execFileSync } from 'node:child_process';
import { mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { localHostAlive } from '../../../infra/targets/local/host.ts';
import { leaveNothing, LocalRun, needsLocalHosts } from './local-fixture.ts';

const MB = 1024 ** 2;
/** Touches as many MB as it is told and says so. */
const hog = (megabytes: number): string => `perl -e 'my $x = "x" x (${megabytes} << 20); print length $x'`;

/** Plays with a run whose state folder is a file system of its own of `sizeBytes`. */
const onSmallDisk = async (
  sizeBytes: number,
  play: (run: LocalRun, disk: string) => Promise<void>,
): Promise<void> => {
  const disk = await mkdtemp(join(tmpdir(), 'local-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', disk]);
  process.env['REHEARSE_STATE_DIR'] = disk;
  let run: LocalRun | undefined;
  try {
    run = await LocalRun.start();
    await play(run, disk);
  } finally {
    await run?.remove();
    delete process.env['REHEARSE_STATE_DIR'];
    // What was killed a moment ago may hold it a little longer.
    await vi.waitFor(() => execFileSync('umount', [disk]), { timeout: 10_000, interval: 250 });
    await rmdir(disk);
  }
};

describe.skipIf(!(await needsLocalHosts()))('limits of local hosts', () => {
  leaveNothing();

  it('end a process that takes too much memory, and neither its host nor another one', async () => {
    const run = await LocalRun.start();
    const [small, large] = await Promise.all([
      run.host('driver', { memoryBytes: 128 * MB }),
      run.host('primary', { memoryBytes: 512 * MB }),
    ]);
    expect(await run.ssh(small, `${hog(200)}; echo " ended $?"`)).toMatch(/ended 137$/);
    expect(await run.ssh(large, hog(200))).toBe(String(200 * MB));
    expect(await localHostAlive(small)).toBe(true);
    expect(await run.ssh(small, 'echo still here')).toBe('still here');
  });

  it('let nobody on a host get more rights, or a user namespace in which to have them', async () => {
    const run = await LocalRun.start();
    const host = await run.host('primary');
    const tries =
      'unshare --user true && echo userns; unshare --net true && echo netns; mount -t tmpfs none /mnt && echo mounted';
    const asPostgres = `setpriv --reuid postgres --regid postgres --clear-groups bash -c '${tries}'`;
    const said = await run.ssh(host, `${tries}; ${asPostgres}; grep NoNewPrivs /proc/self/status; true`);
    expect(said).not.toMatch(/^(userns|netns|mounted)$/m);
    expect(said).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(said.match(/unshare failed: Operation not permitted/g)).toHaveLength(4);
  });

  it.each([
    // Slower than its keeper looks, so that room is left when it sees it.
    [
      'slowly, before it is full',
      'head -c 520M /dev/zero >$f; for i in {1..60}; do head -c 4M /dev/zero >>$f; sleep 0.5; done',
      1,
    ],
    ['at once', 'head -c 1G /dev/zero >$f; sleep 30', 0],
  ])('end a host that fills the disk of the machine %s', async (_, eat, leastFreeBytes) => {
    await onSmallDisk(600 * MB, async (run, disk) => {
      const [hungry, other] = await Promise.all([run.host('primary'), run.host('driver')]);
      const whole = await run
        .ssh(hungry, `f=/var/lib/postgresql/eaten; { ${eat}; echo whole; } 2>&1`)
        .catch(() => '');
      expect(whole).not.toMatch(/whole/);
      const { bavail, bsize } = await statfs(disk);
      expect(bavail * bsize).toBeGreaterThanOrEqual(leastFreeBytes);
      // Its connections end before its process 1 has.
      await vi.waitFor(async () => {
        expect(await localHostAlive(hungry)).toBe(false);
      }, 10_000);
      expect(await run.ssh(other, 'echo still here')).toBe('still here');
    });
  });

  it('give a host its share of a processor and of the link', async () => {
    const run = await LocalRun.start();
    const host = await run.host('driver', {
      cpu: 0.25,
      linkBitsPerSec: 20e6,
      diskBytesPerSec: 50e6,
      linkDelayMs: 2,
    });
    const spin = `perl -MTime::HiRes=time,clock -e 'my $end = time + 2; 1 while time < $end; print clock'`;
    expect(Number(await run.ssh(host, spin))).toBeLessThan(0.9);
    const startedAt = performance.now();
    expect(await run.ssh(host, 'head -c 2000000 /dev/zero')).toHaveLength(2_000_000);
    expect(performance.now() - startedAt).toBeGreaterThan(600); // 16 Mbit at 20 Mbit/s
    for (const note of host.notes) expect(note).toMatch(/^the .* was not applied: /);
  });
});
