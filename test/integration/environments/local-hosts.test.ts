import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localHostAlive } from '../../../infra/targets/local/host.ts';
import { stateRoot } from '../../../infra/targets/local/parts/part-names.ts';
import { localNetworkAlive } from '../../../infra/targets/local/network/network.ts';
import { leaveNothing, LocalRun, needsLocalHosts } from './local-fixture.ts';
import { generateKeyPair } from '../../../infra/ssh/key-pair.ts';

const MB = 1024 ** 2;

describe.skipIf(!(await needsLocalHosts()))('local hosts', () => {
  leaveNothing();

  it('are three in seconds, each with its own name, and gone in less', async () => {
    const startedAt = performance.now();
    const run = await LocalRun.start();
    const hosts = await Promise.all([run.host('primary'), run.host('standby'), run.host('driver')]);
    const createMs = performance.now() - startedAt;
    expect(await Promise.all(hosts.map(localHostAlive))).toEqual([true, true, true]);
    expect(await localNetworkAlive(run.network)).toBe(true);
    const [primary] = hosts;
    expect(await run.ssh(primary, 'hostname; getent hosts standby driver')).toBe(
      `primary\n${run.address('standby').padEnd(15)} standby\n${run.address('driver').padEnd(15)} driver`,
    );
    const removedAt = performance.now();
    await run.remove();
    const removeMs = performance.now() - removedAt;
    process.stderr.write(
      `three local hosts: ready after ${Math.round(createMs)} ms, gone after ${Math.round(removeMs)} ms\n`,
    );
    expect(await Promise.all(hosts.map(localHostAlive))).toEqual([false, false, false]);
    expect(await localNetworkAlive(run.network)).toBe(false);
    expect(createMs).toBeLessThan(10_000);
    expect(removeMs).toBeLessThan(10_000);
  });

  it('let in the run’s key only, and show the host key that was promised', async () => {
    const run = await LocalRun.start();
    const host = await run.host('driver');
    expect(await run.ssh(host, 'id -un')).toBe('root');
    const stranger = generateKeyPair('');
    await expect(run.ssh(host, 'true', stranger.private)).rejects.toThrow(/authentication methods failed/);
    const other = stranger.public.split(' ').slice(0, 2).join(' ');
    await expect(run.ssh({ ...host, hostKey: other }, 'true')).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
  });

  it('show nothing of this machine but its software, and the shared folder to read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rehearse shared '));
    try {
      await writeFile(join(folder, 'note'), 'from outside\n');
      const run = await LocalRun.start();
      const host = await run.host('driver', { share: [{ from: folder, to: 'a folder' }] });
      const visible = await run.ssh(host, 'ls -A /home /mnt /srv /tmp /root /var/lib/postgresql /var/lib');
      expect(visible.split('\n').filter((line) => line !== '' && !line.endsWith(':'))).toEqual(
        expect.arrayContaining(['.ssh', 'postgresql', 'rehearse']),
      );
      expect(visible).not.toMatch(/dress-rehearsal|docker|mysql|main/);
      expect(await run.ssh(host, 'ls -A /')).not.toMatch(/work|boot|media|lost\+found/);
      expect(await run.ssh(host, 'ls /etc/ssh')).toBe('host_key\nsshd_config');
      expect(await run.ssh(host, 'cut -d: -f2 /etc/shadow | sort -u')).toBe('*');
      expect(await run.ssh(host, `ls ${stateRoot()} /run/docker.sock /var/run/docker.sock`)).not.toMatch(
        /^srw|driver/m,
      );
      expect(
        await run.ssh(host, 'cat "/opt/rehearse/a folder/note"; echo x >"/opt/rehearse/a folder/note"'),
      ).toMatch(/^from outside\n.*Read-only file system/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('cannot change the machine: no mounts, no devices, no kernel settings, no routes', async () => {
    const run = await LocalRun.start();
    const host = await run.host('driver');
    expect(await run.ssh(host, 'mount -t tmpfs none /mnt && echo done')).not.toMatch(/done/);
    expect(await run.ssh(host, 'mknod /root/disk b 8 0 && echo done')).not.toMatch(/done/);
    expect(await run.ssh(host, 'ip route add default via 10.0.0.1 && echo done')).not.toMatch(/done/);
    expect(await run.ssh(host, 'echo 1 >/proc/sys/vm/swappiness && echo done')).not.toMatch(/done/);
    expect(await run.ssh(host, 'echo h >/proc/sysrq-trigger && echo done')).not.toMatch(/done/);
    expect(
      await run.ssh(host, 'echo 1 >/sys/kernel/mm/transparent_hugepage/enabled && echo done'),
    ).not.toMatch(/done/);
  });

  it('have a postgres user with a folder on the disk itself, and room for shared memory', async () => {
    const run = await LocalRun.start();
    const host = await run.host('primary', { memoryBytes: 2048 * MB });
    expect(
      await run.ssh(
        host,
        'stat -c "%U %n" /var/lib/postgresql /run/postgresql; stat -c %a /var/lib/rehearse',
      ),
    ).toBe('postgres /var/lib/postgresql\npostgres /run/postgresql\n700');
    expect(
      await run.ssh(
        host,
        'setpriv --reuid postgres --regid postgres --clear-groups touch /var/lib/postgresql/a && echo ok',
      ),
    ).toBe('ok');
    expect(await run.ssh(host, 'stat -f -c %T /var/lib/postgresql')).not.toBe('overlayfs');
    expect(await run.ssh(host, 'df --output=size -B1M /dev/shm | tail -1')).toBe('512');
  });

  it('are refused before anything is made when PostgreSQL could not live there', async () => {
    const run = await LocalRun.start();
    await expect(run.host('standby', { memoryBytes: 100 * MB })).rejects.toMatchObject({
      code: 'USAGE',
      message: '100 MB of memory are too little for PostgreSQL on the standby',
      hint: 'give hosts.standby.memory at least 128 MB',
    });
    await expect(run.host('driver', { share: [{ from: '/no/such', to: 'x' }] })).rejects.toMatchObject({
      code: 'HOST_START_FAILED',
    });
  });
});
