import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const CGROUPS = '/sys/fs/cgroup';

/**
 * How many processes of a host the kernel killed because the host had used up its memory: `oom_kill` in memory.events (cgroup
 * v2) or memory.oom_control (v1), as the kernel's cgroup-v2.rst and memory.rst describe it. Undefined where neither is there.
 */
export async function memoryKills(
  { runId, role }: { readonly runId: string; readonly role: string },
  root = CGROUPS,
): Promise<number | undefined> {
  const host = join('rehearse', runId, role);
  const files = [join(root, 'memory', host, 'memory.oom_control'), join(root, host, 'memory.events')];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
    if (count !== undefined) return Number(count);
  }
  return undefined;
}
