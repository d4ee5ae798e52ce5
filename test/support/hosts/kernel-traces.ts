import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { openTracefs } from '../../../scripts/tracing/tracefs.ts';

/** Trace events and buffers that the kernel still has of a process, as it lists them; none where nobody can trace. */
export async function kernelTraces(pid: number): Promise<string[]> {
  const tracefs = await openTracefs().catch(() => undefined);
  if (tracefs === undefined) return [];
  try {
    const defined = (await readFile(`${tracefs.path}/uprobe_events`, 'utf8')).split('\n');
    const all = [...defined, ...readdirSync(`${tracefs.path}/instances`)];
    return all.filter((line) => line.includes(`_${pid}_`));
  } finally {
    await tracefs.close();
  }
}
