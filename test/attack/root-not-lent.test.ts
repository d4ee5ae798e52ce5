import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCell, openCell } from '../../infra/targets/embedded/cell/cell.ts';
import { embeddedTarget } from '../../infra/targets/embedded/embedded-target.ts';
import { readOwner } from '../../infra/targets/embedded/owner-file.ts';
import { processesOf } from '../../infra/targets/embedded/processes.ts';
import { runProgram } from '../../infra/postgres/run-program.ts';
import { runDirOf } from '../../infra/targets/embedded/run-dir.ts';
import type { Environment, HereEnvironment } from '../../infra/contract/target.ts';
import { withConnection } from '../../scripts/pg/client.ts';
import {
  neverAborted,
  privateTmpdir,
  serverPid,
  specOf,
} from '../integration/environments/embedded-fixture.ts';

/** Can this machine close a cell? Everywhere else the report says that it could not. */
const closes = process.platform === 'linux' && process.getuid?.() === 0 && (await canClose());
if (!closes) console.warn('SKIPPED: a closed cell takes root and namespaces');

async function canClose(): Promise<boolean> {
  const path = await mkdtemp(join(tmpdir(), 'cell-probe-'));
  await mkdir(join(path, 'cell'));
  try {
    return (await makeCell({ ...runDirOf('probe'), path, cell: join(path, 'cell') })).isClosed;
  } finally {
    await rm(path, { recursive: true });
  }
}

describe.skipIf(!closes)('the SQL of a snapshot, for root', () => {
  let tmp: Awaited<ReturnType<typeof privateTmpdir>>;
  let environment: Environment<HereEnvironment>;
  let running: HereEnvironment;
  let folder = '';
  let victims = '';

  beforeAll(async () => {
    process.env['SSH_AUTH_SOCK'] = '/tmp/agent.sock';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'canary-of-the-caller';
    tmp = await privateTmpdir();
    victims = join(tmp.path, 'victims');
    await mkdir(victims, { mode: 0o755 });
    const spec = specOf();
    folder = join(tmp.path, `dress-rehearsal-${spec.runId}`);
    environment = embeddedTarget.environment(spec);
    running = await environment.up(neverAborted());
  });

  afterAll(async () => {
    delete process.env['SSH_AUTH_SOCK'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    await environment.destroy();
    await rm(victims, { recursive: true, force: true });
    expect(await readdir(tmp.path)).toEqual([]);
    await tmp.remove();
  });

  /** What a shell says that the SQL starts. */
  async function shell(script: string): Promise<string> {
    return withConnection(running.primary, 'setup', async (client) => {
      await client.query('create temp table said (n serial, line text)');
      const program = `( ${script} ) 2>&1 | tr '\\t\\\\' '  '; true`;
      await client.query(`copy said (line) from program $sh$${program}$sh$`);
      const { rows } = await client.query<{ line: string }>('select line from said order by n');
      return rows.map(({ line }) => line).join('\n');
    });
  }

  it('changes nothing through links in folders that root works with', async () => {
    const victim = join(victims, 'mine');
    await writeFile(victim, 'mine\n', { mode: 0o600 });
    const before = await stat(victim);
    const names = [
      'dress-rehearsal.conf',
      'rehearsal.conf',
      'postgresql.conf',
      'pg_hba.conf',
      'pg_ident.conf',
    ];
    const more = ['postgres.log', 'current_logfiles', 'password', 'log/postgres.log'];
    await shell(
      `mkdir log; for name in ${[...names, ...more].join(' ')}; do ln -sfn ${victim} "$name"; done`,
    );
    await shell(`ln -sfn ${victims} "base/pgsql_tmp"; mkdir -p pg_wal/x; ln -sfn ${victims} pg_wal/x/y`);
    await running.switchTo('restore', neverAborted());
    await running.switchTo('rehearse', neverAborted());
    expect(await readFile(victim, 'utf8')).toBe('mine\n');
    const after = await stat(victim);
    expect([after.ino, after.uid, after.mode, after.mtimeMs]).toEqual([
      before.ino,
      before.uid,
      before.mode,
      before.mtimeMs,
    ]);
    expect(await readdir(victims)).toEqual(['mine']);
  });

  it('cannot write its configuration, its socket’s folder, or what else of the run is not data', async () => {
    const said = await shell(
      `for path in ${folder}/config/x ${folder}/owner.json ${folder}/x /run/server/x /etc/x /usr/x /x; do touch "$path" && echo "wrote $path"; done; mv /run/server /run/other; rm -f /run/server/.s*`,
    );
    expect(said).not.toContain('wrote');
    expect(said).toMatch(/Permission denied|Read-only file system/);
    await withConnection(running.primary, 'setup', (client) => client.query('select 1'));
  });

  it('cannot move its server by ALTER SYSTEM', async () => {
    const { port } = running.primary;
    await withConnection(running.primary, 'setup', async (client) => {
      await client.query('alter system set port = 5432');
      await client.query("alter system set listen_addresses = '*'");
      await client.query("alter system set unix_socket_directories = '/tmp'");
      await client.query("alter system set hba_file = '/tmp/hba'");
    });
    await running.switchTo('restore', neverAborted());
    await running.switchTo('rehearse', neverAborted());
    await withConnection(running.primary, 'setup', async (client) => {
      const { rows } = await client.query<{ port: string }>('show port');
      expect(rows).toEqual([{ port: String(port) }]);
      await client.query('alter system reset all');
    });
  });

  it('sees no files of anyone', async () => {
    await writeFile(join(victims, 'readable'), 'canary', { mode: 0o644 });
    const said = await shell(
      `ls /root /home /var/run/postgresql /var/lib/postgresql /run/postgresql /mnt /srv /boot ${victims} ${process.cwd()}/package.json ${folder}/owner.json; cat /etc/shadow /etc/ssh/* ${victims}/readable; ls -A /tmp ${tmp.path}`,
    );
    expect(said).not.toContain('canary');
    const listed = said.split('\n').filter((line) => !/^(ls|cat): |:$|^$/.test(line));
    // Of the folders on the way to its own only the names are there.
    const ownNames = [...tmp.path.split('/'), ...folder.split('/')];
    expect(listed.filter((line) => !ownNames.includes(line))).toEqual([]);
  });

  it('has a user that nobody else has, no capabilities, and no way to more', async () => {
    const said = await shell(
      'grep -E "^(Uid|Groups|CapPrm|CapBnd|NoNewPrivs):" /proc/self/status; unshare --user true && echo userns; unshare --net true && echo netns; mount -t tmpfs none /tmp && echo mounted; chroot / true && echo chroot; true',
    );
    const uid = Number(/^Uid:\s+(\d+)/m.exec(said)?.[1]);
    expect(uid).toBeGreaterThanOrEqual(0x7000_0000);
    expect(said).toMatch(/^Groups:\s*(\d+)?\s*$/m);
    expect(said).toMatch(/^CapPrm:\s+0+$/m);
    expect(said).toMatch(/^CapBnd:\s+0+$/m);
    expect(said).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(said).not.toMatch(/^(userns|netns|mounted|chroot)$/m);
    expect(await readFile('/etc/passwd', 'utf8')).not.toContain(`:${uid}:`);
  });

  it('reaches nobody by the network, on no address and no socket', async () => {
    const heard: string[] = [];
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const addresses = new Set([
      '127.0.0.1',
      ...own.filter(({ family }) => family === 'IPv4').map((a) => a.address),
    ]);
    const listen = (where: { port: number; host: string } | { path: string }): Promise<Server> =>
      new Promise((resolve) => {
        const server = createServer((socket) => {
          heard.push(JSON.stringify(where));
          socket.destroy();
        });
        server.listen(where, () => {
          resolve(server);
        });
      });
    const tcp = await listen({ port: 0, host: '0.0.0.0' });
    const unix = await listen({ path: join(victims, 's.sock') });
    try {
      const { port } = tcp.address() as { port: number };
      const tries = [...addresses].map((address) => `echo hello > /dev/tcp/${address}/${port}`);
      const said = await shell(
        `bash -c '${[...tries, 'echo hello > /dev/udp/192.0.2.1/53'].join('; ')}'; cat /proc/net/route; ls ${victims}/s.sock; true`,
      );
      await withConnection(running.primary, 'setup', async (client) => {
        await client.query('create extension if not exists dblink').catch(() => undefined);
        const conninfo = `host=127.0.0.1 port=${port} connect_timeout=2`;
        await client.query('select dblink_connect($1)', [conninfo]).catch(() => undefined);
      });
      expect(heard).toEqual([]);
      expect(said).toContain('Connection refused');
      expect(said).toContain('Network is unreachable');
      expect(said.split('\n').filter((line) => /^\w+ +[0-9A-F]{8}/.test(line))).toEqual([]);
    } finally {
      tcp.close();
      unix.close();
    }
  });

  it('learns nothing of whoever started it', async () => {
    const said = await shell('env; cat /proc/[0-9]*/environ | tr "\\0" "\\n"; ls -l /proc/self/fd; true');
    expect(said).not.toMatch(/canary|SSH_AUTH_SOCK|AWS_/);
    const names = [...said.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
    const known = /^(PATH|TZ|TZDIR|HOME|PWD|SHLVL|OLDPWD|_|LD_LIBRARY_PATH|PG[A-Z_]+|LC_[A-Z]+)$/;
    expect(names.filter((name) => !known.test(name))).toEqual([]);
    const open = [...said.matchAll(/ -> (\S+)/g)].map(([, target = '']) => target);
    expect(
      open.filter((target) => !/^(\/dev\/\w+|pipe:.*|\/proc\/\d+\/fd|.*\/sockets?\/.*)$/.test(target)),
    ).toEqual([]);
  });

  it('sees and signals no process but its server’s', async () => {
    const pids = (await shell('ls -d /proc/[0-9]*'))
      .split('\n')
      .map((path) => Number(path.slice('/proc/'.length)));
    expect(pids).not.toContain(process.pid);
    expect(pids).not.toContain(1);
    expect(pids).toContain(await serverPid(folder));
    expect(await shell(`kill -0 ${process.pid} && echo could; true`)).not.toContain('could');
  });

  it('cannot reach another run that goes on beside it', async () => {
    const spec = specOf();
    const other = embeddedTarget.environment(spec);
    try {
      const { primary } = await other.up(neverAborted());
      const beside = join(tmp.path, `dress-rehearsal-${spec.runId}`);
      const pid = await serverPid(beside);
      const said = await shell(
        `ls ${beside} ${beside}/data ${beside}/sockets; kill -9 ${pid}; cat /proc/${pid}/environ; bash -c 'echo x > /dev/tcp/127.0.0.1/${primary.port}'; true`,
      );
      const failed =
        /^(ls: .*No such file or directory|cat: .*No such file or directory|.*Operation not permitted|.*Connection refused|.*No such process)$/;
      expect(said.split('\n').filter((line) => line !== '' && !failed.test(line))).toEqual([]);
      await withConnection(primary, 'setup', (client) => client.query('select 1'));
      expect((await stat(join(beside, 'data'))).uid).not.toBe((await stat(join(folder, 'data'))).uid);
    } finally {
      await other.destroy();
    }
  });

  it('leaves nothing running that it started, neither for the next start nor after the end', async () => {
    const mark = `31.${randomUUID().replace(/\D/g, '').slice(0, 9)}`;
    const start = `(setsid nohup sleep ${mark} >/dev/null 2>&1 </dev/null &)`;
    const others = async (): Promise<string[]> => {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(
        pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
      );
      return lines.filter((line) => line === `sleep\0${mark}\0`);
    };
    await shell(start);
    expect(await others()).toHaveLength(1);
    await running.switchTo('restore', neverAborted());
    expect(await others()).toEqual([]);
    await running.switchTo('rehearse', neverAborted());
    await shell(start);
    // As reap looks for it after the tool was killed: with the owner's file alone.
    const dir = runDirOf(basename(folder).replace('dress-rehearsal-', ''));
    const { claim } = await readOwner(dir);
    const found = await Promise.all(
      (await processesOf(dir, claim!)).map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8')),
    );
    expect(found).toContain(`sleep\0${mark}\0`);
    await environment.destroy();
    expect(await others()).toEqual([]);
  });
});

describe('where a cell stays open', () => {
  it.skipIf(process.platform !== 'linux')(
    'programs get no more rights than they have, and the report says what they reach',
    async () => {
      const cell = await openCell('namespaces cannot be made here');
      const options = { cell, cwd: '/', timeoutMs: 10_000 };
      const { output } = await runProgram('grep', ['-E', '^(Uid|NoNewPrivs):', '/proc/self/status'], options);
      if (cell.noNewPrivileges) expect(output).toMatch(/^NoNewPrivs:\s+1$/m);
      expect(output).not.toMatch(/^Uid:\s+0\b/m);
      expect(cell.user?.name ?? 'the caller').toMatch(/^(nobody|the caller)$/);
    },
  );
});
