import { readFileSync } from 'node:fs';
import { startTimeOfStat } from './process-start.ts';

/**
 * Environment variables that every process which a run starts inherits: the run's id, for whoever looks, and which process is
 * the run's owner. A sweep finds by the two together what a killed run left running: a migration tool, the load process. The
 * first alone proves nothing, since anybody may set it.
 */
export const RUN_MARK = 'REHEARSE_RUN_ID';
export const OWNER_MARK = 'REHEARSE_OWNER';

/** Marks everything that this process starts from here on; call the returned function when the run is over. */
export function markProcesses(runId: string): () => void {
  process.env[RUN_MARK] = runId;
  process.env[OWNER_MARK] = ownerMark({ pid: process.pid, startTime: ownStartTime() });
  return () => {
    for (const name of [RUN_MARK, OWNER_MARK]) Reflect.deleteProperty(process.env, name);
  };
}

/** The value of OWNER_MARK below that process. */
export function ownerMark({ pid, startTime }: { readonly pid: number; readonly startTime: string }): string {
  return `${pid}/${startTime}`;
}

/** As a claim tells it; empty where there is no /proc, where no other process's environment can be read either. */
function ownStartTime(): string {
  try {
    return startTimeOfStat(readFileSync('/proc/self/stat', 'utf8')) ?? '';
  } catch {
    return '';
  }
}
