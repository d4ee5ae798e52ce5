import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import { withTimeout } from '../shared/clock.ts';
import { withoutForeign } from '../shared/descriptors.ts';

const PLACES = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
const MOUNT_MS = 5_000;

/** A tracefs that can be used. */
export interface Tracefs {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * The machine's tracefs where it is mounted; else one that no other process sees: mounted in a namespace that is gone as soon as
 * its root directory is open here, and itself gone when that is closed.
 * @throws Error saying in one phrase why there is none
 */
export async function openTracefs(): Promise<Tracefs> {
  if (process.platform !== 'linux') throw new Error('there is tracefs only on Linux');
  if (process.getuid?.() !== 0) throw new Error('uprobes need root');
  const found = PLACES.find((place) => existsSync(`${place}/uprobe_events`));
  return found === undefined ? ownTracefs() : { path: found, close: () => Promise.resolve() };
}

async function ownTracefs(): Promise<Tracefs> {
  const [place = ''] = PLACES;
  const script = `mount -t tracefs tracefs ${place} && echo ready && exec cat`;
  const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], {
    stdio: withoutForeign('pipe', 'pipe', 'ignore'),
  });
  const ended = once(holder, 'close').catch(() => undefined);
  try {
    const mounted = Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)]);
    if (!(await withTimeout(mounted, MOUNT_MS, 'mounting tracefs'))) throw new Error('mount said no');
    const root = await open(`/proc/${holder.pid ?? 0}/root${place}`);
    const path = `/proc/self/fd/${root.fd}`;
    if (existsSync(`${path}/uprobe_events`)) return { path, close: () => root.close() };
    await root.close();
    throw new Error('no uprobe_events');
  } catch (error) {
    throw new Error('tracefs cannot be mounted, or the kernel has no uprobes', { cause: error });
  } finally {
    holder.stdin.end();
    holder.kill('SIGKILL');
    await ended;
  }
}
