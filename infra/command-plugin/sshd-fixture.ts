import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { sleep } from '../../scripts/shared/clock.ts';
import { findFreePort } from '../targets/embedded/free-port.ts';

const START_MS = 10_000;

/** A real sshd on the loopback that lets the current user in by one key. */
export interface SshdFixture {
  readonly port: number;
  readonly user: string;
  /** In OpenSSH format. */
  readonly privateKey: string;
  /** Like privateKey, but locked with the password `open sesame`. */
  readonly lockedKey: string;
  readonly hostKey: string;
  /** An empty folder; goes away with the server. */
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * Starts `binary`. As root it runs in a mount namespace of its own, where the user and the folder that sshd insists on are;
 * nothing outside changes.
 */
export async function startSshd(binary: string, settings: readonly string[] = []): Promise<SshdFixture> {
  const root = await mkdtemp(join(tmpdir(), 'rehearse-sshd-'));
  await chmod(root, 0o755);
  const [port, keys] = [await findFreePort(), await makeKeys(root)];
  const folder = join(root, 'files');
  await mkdir(folder);
  const config = join(root, 'sshd_config');
  await writeFile(config, configText(root, port, settings));
  const child = await spawnSshd(root, [binary, '-D', '-e', '-f', config]);
  let log = '';
  child.stderr?.on('data', (text: Buffer) => {
    log += String(text);
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(root, { recursive: true, force: true });
  };
  try {
    await answering(port, child);
  } catch (error) {
    await stop();
    throw new Error(`sshd does not answer: ${log}`, { cause: error });
  }
  return { port, user: userInfo().username, ...keys, folder, stop };
}

function configText(root: string, port: number, settings: readonly string[]): string {
  return [
    ...settings,
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${root}/host`,
    `AuthorizedKeysFile ${root}/user.pub`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'MaxStartups 100',
    '',
  ].join('\n');
}

async function makeKeys(root: string): Promise<Pick<SshdFixture, 'privateKey' | 'lockedKey' | 'hostKey'>> {
  const generate = (name: string, password: string): Promise<unknown> =>
    execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', password, '-C', 'test', '-f', join(root, name)]);
  await Promise.all([generate('host', ''), generate('user', '')]);
  const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8');
  const privateKey = await read('user');
  await writeFile(join(root, 'locked'), privateKey, { mode: 0o600 });
  await execa('ssh-keygen', ['-q', '-p', '-N', 'open sesame', '-f', join(root, 'locked')]);
  return { privateKey, lockedKey: await read('locked'), hostKey: (await read('host.pub')).trim() };
}

async function spawnSshd(root: string, command: readonly string[]): Promise<ChildProcess> {
  const [program = '', ...args] = command;
  const options = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
  if (process.getuid?.() !== 0) return spawn(program, args, options);
  const users = await readFile('/etc/passwd', 'utf8');
  await writeFile(
    join(root, 'passwd'),
    `${users.trimEnd()}\nsshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`,
  );
  const script = `mount --bind "$0/passwd" /etc/passwd && mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec "$@"`;
  return spawn('unshare', ['--mount', 'sh', '-c', script, root, ...command], options);
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + START_MS; ;) {
    if (await greets(port)) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('it ended or took too long');
    await sleep(30);
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (greeted: boolean) => (): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.once('data', answer(true)).once('error', answer(false)).once('close', answer(false));
  });
}
