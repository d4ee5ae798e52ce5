import { JOB_FILES } from '../../scripts/job/protocol.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { OpenConnection } from '../ssh/open-connection.ts';
import { readRemoteFile } from '../ssh/remote-files.ts';

/** The content of done.json, which appears in one step; undefined while the job goes on. @throws DRIVER_FAILED */
export async function readDone(connection: OpenConnection, dir: string): Promise<unknown> {
  const text = await readRemoteFile(connection, `${dir}/${JOB_FILES.done}`);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.toString('utf8')) as unknown;
  } catch (cause) {
    throw new RehearsalError('DRIVER_FAILED', `the driver's ${JOB_FILES.done} is no JSON`, {
      hint: 'the disk of the driver host may be full; start again',
      cause,
    });
  }
}
