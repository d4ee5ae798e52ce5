import { readlink } from 'node:fs/promises';
import { startTimeOf } from '../shared/process-start.ts';

const NAME = /^rehearse_(\d+)_(\d+)_(\d+)_\d+$/;

let groups = 0;

/** The process that made a group, as its name tells. */
interface GroupMaker {
  readonly namespace: string;
  readonly pid: number;
  readonly startTime: string;
}

/** A name for events and trace buffer that tells who made them: `rehearse_<pid namespace>_<pid>_<start time>_<number>`. */
export async function groupName(): Promise<string> {
  const startTime = (await startTimeOf(process.pid)) ?? '0';
  groups += 1;
  return `rehearse_${await pidNamespace()}_${process.pid}_${startTime}_${groups}`;
}

export function parseGroupName(group: string): GroupMaker | undefined {
  const [, namespace, pid, startTime] = NAME.exec(group) ?? [];
  if (namespace === undefined || startTime === undefined) return undefined;
  return { namespace, pid: Number(pid), startTime };
}

export async function pidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '');
  return /\d+/.exec(link)?.[0] ?? '0';
}
