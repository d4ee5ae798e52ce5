import { JOB_FILES } from '../../scripts/job/protocol.ts';
import { startTimeOfStat } from '../../scripts/shared/process-start.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import { ConnectionLost, type OpenConnection } from '../ssh/open-connection.ts';
import { readRemoteFile } from '../ssh/remote-files.ts';

/** Ours; what was started, in the form of the driver's own pid file: there before the driver has written its own. */
export const LAUNCH_FILE = 'launch.pid';

/** The processes of a job by its records, the driver's own first; empty where none was ever started. */
export async function recordedProcesses(connection: OpenConnection, dir: string): Promise<ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  for (const name of [JOB_FILES.pid, LAUNCH_FILE]) {
    const text = (await readRemoteFile(connection, `${dir}/${name}`))?.toString('utf8') ?? '';
    const [, pid, startTime = ''] = /^(\d+)(?: (\S+))?\s*$/.exec(text) ?? [];
    if (
      pid !== undefined &&
      !found.some((other) => other.pid === Number(pid) && other.startTime === startTime)
    ) {
      found.push({ pid: Number(pid), startTime });
    }
  }
  return found;
}

export async function aliveOf(
  connection: OpenConnection,
  processes: readonly ProcessIdentity[],
): Promise<ProcessIdentity[]> {
  const alive: ProcessIdentity[] = [];
  for (const one of processes) {
    if ((await startTimeOn(connection, one.pid)) === one.startTime) alive.push(one);
  }
  return alive;
}

async function startTimeOn(connection: OpenConnection, pid: number): Promise<string | undefined> {
  try {
    const stat = await readRemoteFile(connection, `/proc/${pid}/stat`);
    return stat === undefined || stat.length === 0 ? undefined : startTimeOfStat(stat.toString('utf8'));
  } catch (error) {
    // A process that ends while its file is read makes the read fail.
    if (error instanceof ConnectionLost) throw error;
    return undefined;
  }
}
