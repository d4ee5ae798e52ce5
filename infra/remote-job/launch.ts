import { JOB_FILES } from '../../scripts/job/protocol.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { OpenConnection } from '../ssh/open-connection.ts';
import { shellWord } from '../ssh/quote.ts';
import { remoteSize } from '../ssh/remote-files.ts';
import type { DriverAccess } from '../contract/target.ts';
import { aliveOf, LAUNCH_FILE, recordedProcesses } from './remote-process.ts';

/**
 * Starts the driver in a session of its own, so that it outlives the connection; does nothing where it runs or has ended.
 * @throws DRIVER_FAILED, ConnectionLost
 */
export async function launchDriver(connection: OpenConnection, access: DriverAccess): Promise<void> {
  const { dir } = access;
  if ((await remoteSize(connection, `${dir}/${JOB_FILES.done}`)) !== undefined) return;
  if ((await aliveOf(connection, await recordedProcesses(connection, dir))).length > 0) return;
  const { code, stderr } = await connection.exec(launchScript(access));
  if (code === 0) return;
  throw new RehearsalError('DRIVER_FAILED', `the driver could not be started in ${dir}: ${stderr.trim()}`, {
    hint: 'look at the driver host by SSH: `rehearse list` prints the command',
  });
}

/** A background process of a shell without job control is no group leader, so setsid keeps the pid that the shell knows. */
function launchScript({ nodePath, bundlePath, dir }: DriverAccess): string {
  const driver = [nodePath, bundlePath, 'run', dir].map(shellWord).join(' ');
  return `umask 077; cd ${shellWord(dir)} || exit 1
setsid nohup ${driver} </dev/null >>${JOB_FILES.log} 2>&1 &
started=$(sed 's/.*) //' /proc/$!/stat 2>/dev/null | cut -d' ' -f20)
echo "$! $started" >${LAUNCH_FILE}.part && mv ${LAUNCH_FILE}.part ${LAUNCH_FILE}`;
}
