import { readlink } from 'node:fs/promises';
import { startTimeOf } from '../shared/process-start.ts';

const NAME = /^rehearse_(\d+)_(\d+)_(\d+)_\d+$/;

let groups = 0;

/** A name for events and trace buffer that tells whose they are: `rehearse_<pid namespace>_<pid>_<start time>_<number>`. */
export async function groupName(): Promise<string> {
  const startTime = (await startTimeOf(process.pid)) ?? '0';
  groups += 1;
  return `rehearse_${await pidNamespace()}_${process.pid}_${startTime}_${groups}`;
}

/** Ours by its name, and the process that made it is gone. Pids of other namespaces say nothing here. */
export async function isAbandoned(group: string): Promise<boolean> {
  const [, namespace, pid, startTime] = NAME.exec(group) ?? [];
  if (namespace === undefined || namespace !== (await pidNamespace())) return false;
  return (await startTimeOf(Number(pid))) !== startTime;
}

async function pidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '');
  return /\d+/.exec(link)?.[0] ?? '0';
}
