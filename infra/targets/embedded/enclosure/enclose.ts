import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Enclose, Enclosure } from '../../../../scripts/commands/enclosure.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';
import { asError, RehearsalError } from '../../../../scripts/shared/errors.ts';
import { withTimeout } from '../../../../scripts/shared/clock.ts';
import { OWNER_MARK, RUN_MARK } from '../../../../scripts/shared/run-mark.ts';
import type { RunDir } from '../run-dir.ts';
import { socketFiles, socketFolders } from './hidden.ts';
import { within } from '../../../../scripts/shared/within.ts';

const SCRIPT = fileURLToPath(new URL('./enclose.sh', import.meta.url));
const HOLDER = fileURLToPath(new URL('./holder.mjs', import.meta.url));
const OPEN_MS = 20_000;
const CLOSE_MS = 5_000;

/**
 * What would lead out again: to enter other namespaces or to mount (sys_admin), to take over another process (sys_ptrace), to lay
 * a cable (net_admin), to open a hidden file by its handle (dac_read_search), to reach the kernel or the disk below (the rest).
 */
const WITHHELD = [
  'sys_admin',
  'sys_ptrace',
  'net_admin',
  'dac_read_search',
  'sys_module',
  'sys_rawio',
  'mknod',
]
  .map((capability) => `-${capability}`)
  .join(',');

/** Enclosures for the commands of a run of this machine. */
export function encloseBeside(dir: RunDir): Enclose {
  return async (port, signal) => {
    const lack = lackOf();
    if (lack !== undefined) throw cannot(lack);
    signal.throwIfAborted();
    const hidden = [...(await socketFolders(dir)), '--', ...(await socketFiles())];
    const holder = hold(hidden, port);
    try {
      return enclosureOf(holder, await listenerOf(holder, signal));
    } catch (error) {
      await end(holder);
      throw error;
    }
  };
}

/** What this process has to be and is not, in a phrase. */
function lackOf(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has namespaces';
  return process.getuid?.() === 0 ? undefined : 'only root may make namespaces';
}

function cannot(why: string): RehearsalError {
  return new RehearsalError('USAGE', `network: rehearsed-only cannot be held here: ${why}`, {
    hint: REMEDY,
  });
}

export const REMEDY = 'use target local, or run as root on Linux; or say network: open';

function hold(hidden: readonly string[], port: number): ChildProcess {
  const namespaces = ['--net', '--mount', '--propagation', 'private'];
  const program = ['bash', SCRIPT, ...hidden, '--', process.execPath, HOLDER, String(port)];
  const kept = ['PATH', RUN_MARK, OWNER_MARK].map((name) => [name, process.env[name]] as const);
  return spawn('unshare', [...namespaces, '--', ...program], {
    cwd: '/',
    env: Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
    stdio: withoutForeign('ignore', 'ignore', 'pipe', 'ipc'),
    detached: true,
  });
}

/** @throws USAGE with what the holder complained of, TIMED_OUT, or the signal's reason */
async function listenerOf(holder: ChildProcess, signal: AbortSignal): Promise<Server> {
  let complaint = '';
  holder.stderr?.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-4096)));
  const waiting = new AbortController();
  const until = { signal: within([signal, waiting.signal], OPEN_MS) };
  const said = once(holder, 'message', until) as Promise<[unknown, unknown]>;
  const ended = once(holder, 'close', until).then(() => {
    throw cannot(complaint.trim().split('\n').at(-1) ?? '');
  });
  try {
    const [, listener] = await Promise.race([said, ended]);
    if (!(listener instanceof Server)) throw new TypeError('the holder of an enclosure sent no socket');
    return listener;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof RehearsalError ? error : cannot(asError(error).message);
  } finally {
    waiting.abort();
    await Promise.allSettled([said, ended]);
  }
}

function enclosureOf(holder: ChildProcess, listener: Server): Enclosure {
  return {
    listener,
    entered: (command, cwd) => {
      const enter = ['--target', String(holder.pid), '--net', '--mount', '--'];
      const rights = ['setpriv', `--bounding-set=${WITHHELD}`, `--inh-caps=${WITHHELD}`];
      // To enter a mount namespace moves to its root.
      const shell = ['sh', '-c', 'cd -- "$1" && unset OLDPWD && exec sh -c "$2"', 'sh', cwd, command];
      return { file: 'nsenter', args: [...enter, ...rights, ...shell] };
    },
    close: () => end(holder),
  };
}

/** It ends when it hears from us no more, also by our death. */
async function end(holder: ChildProcess): Promise<void> {
  if (holder.pid === undefined || holder.exitCode !== null || holder.signalCode !== null) return;
  const ended = once(holder, 'exit');
  if (holder.connected) holder.disconnect();
  await withTimeout(ended, CLOSE_MS, 'closing an enclosure').catch(() => holder.kill('SIGKILL'));
}
