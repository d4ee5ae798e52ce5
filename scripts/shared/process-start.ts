import { readFile } from 'node:fs/promises';

/**
 * When a process of this Linux began, in clock ticks since boot: with the pid it names one process and no later one.
 * Undefined where no such process runs; a zombie does not run.
 */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : startTimeOfStat(stat);
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); the second field, the name, may hold blanks and brackets. */
export function startTimeOfStat(stat: string): string | undefined {
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}
