import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { connectSsh } from '../../../infra/ssh/connect.ts';
import type { SshAccess } from '../../../infra/ssh/access.ts';
import { needs } from '../needs.ts';
import { sshdProgram, type SshdProgram } from './sshd-program.ts';

const PROGRAM = await sshdProgram();
const START_MS = 10_000;

/** Is there an sshd to test with? Said aloud where not; in CI that is a failure. */
export function needsSshd(why: string): boolean {
  return process.platform === 'linux' && needs(PROGRAM?.path ?? '/usr/sbin/sshd', why);
}

/** A real sshd on loopback that lets in the test's own user with the test's own key. */
export interface TestSshd {
  readonly access: SshAccess & { readonly privateKey: string };
  /** Ends the listener and every connection of it, as a host that dies does; programs that were started stay. */
  stop(): Promise<void>;
  /** Listens again at the same port. */
  start(): Promise<void>;
  /** `stop`, and removes the keys. */
  remove(): Promise<void>;
}

export async function startSshd(): Promise<TestSshd> {
  if (PROGRAM === undefined) throw new Error('there is no sshd here; ask needsSshd first');
  const dir = await mkdtemp(join(tmpdir(), 'test-sshd-'));
  const port = await freePort();
  const access = await makeKeys(dir, port);
  await writeFile(join(dir, 'sshd_config'), configuration(dir, port, PROGRAM));
  let running: ChildProcess | undefined;
  const sshd: TestSshd = {
    access,
    async start() {
      running = launch(dir, PROGRAM);
      await waitUntilReady(dir, access);
    },
    async stop() {
      const pid = running?.pid;
      if (pid === undefined || running?.exitCode !== null) return;
      const ended = once(running, 'exit');
      for (const one of await sshdsBelow(pid)) kill(one);
      await ended;
    },
    async remove() {
      await sshd.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    await sshd.start();
  } catch (error) {
    await sshd.remove();
    throw error;
  }
  return sshd;
}

/** A port of loopback on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function makeKeys(dir: string, port: number): Promise<TestSshd['access']> {
  for (const name of ['host', 'user']) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(dir, name)]);
  }
  const [privateKey, hostKey, userKey] = await Promise.all(
    ['user', 'host.pub', 'user.pub'].map((name) => readFile(join(dir, name), 'utf8')),
  );
  await writeFile(join(dir, 'authorized_keys'), userKey!, { mode: 0o600 });
  await chmod(dir, 0o700);
  return {
    host: '127.0.0.1',
    port,
    username: userInfo().username,
    privateKey: privateKey!,
    hostKey: hostKey!.trim(),
  };
}

function configuration(dir: string, port: number, { options }: SshdProgram): string {
  return [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${dir}/host`,
    `AuthorizedKeysFile ${dir}/authorized_keys`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    // Tests open many connections at a time.
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
    ...options,
    '',
  ].join('\n');
}

/**
 * An sshd that runs as root wants a user `sshd` and the folder /run/sshd: it gets both in a mount namespace of its own, so
 * that the machine stays as it is.
 */
const AS_ROOT = `
set -e
mkdir -p "$1/empty"
mount -t tmpfs -o mode=755 none "$1/empty"
mkdir -p "$1/empty/sshd"
for name in passwd shadow; do cp "/etc/$name" "$1/$name"; done
grep -q '^sshd:' "$1/passwd" || echo 'sshd:x:64999:65534::/run/sshd:/usr/sbin/nologin' >>"$1/passwd"
sed -i 's/^root:[!*]*:/root:*:/' "$1/shadow"
for name in passwd shadow; do mount --bind "$1/$name" "/etc/$name"; done
mount --bind "$1/empty" /run
exec "$2" -D -e -f "$1/sshd_config"`;

function launch(dir: string, { path, env }: SshdProgram): ChildProcess {
  const log = openSync(join(dir, 'log'), 'a');
  const options = {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
    detached: true,
  } satisfies SpawnOptions;
  const child =
    process.getuid?.() === 0
      ? spawn('unshare', ['--mount', 'sh', '-c', AS_ROOT, 'sh', dir, path], options)
      : spawn(path, ['-D', '-e', '-f', join(dir, 'sshd_config')], options);
  closeSync(log);
  return child;
}

async function waitUntilReady(dir: string, access: SshAccess): Promise<void> {
  const signal = AbortSignal.timeout(START_MS);
  while (!signal.aborted) {
    const client = await connectSsh(access, { signal, timeoutMs: 2_000 }).catch(() => undefined);
    if (client) {
      client.end();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not answer: ${await readFile(join(dir, 'log'), 'utf8')}`);
}

/** `pid` and what descends from it, as long as it is called sshd: what a session started belongs to the session. */
async function sshdsBelow(pid: number): Promise<number[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=,comm=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const found = [pid];
  for (const parent of found) {
    for (const [child, its, name] of rows) {
      if (Number(its) === parent && name!.startsWith('sshd')) found.push(Number(child));
    }
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return; // it has ended already
  }
}
