import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of every run folder's name. */
export const PREFIX = 'dress-rehearsal-';

/** Where the parts of one run lie on this machine. All of it goes away with the run. */
export interface RunDir {
  readonly path: string;
  readonly runId: string;
  readonly data: string;
  readonly log: string;
  /** The server's configuration, outside of what the SQL under rehearsal can write: root owns it where root is the caller. */
  readonly config: string;
  /** Holds the folder of the server's socket, one for each start. */
  readonly sockets: string;
  /** Empty: where a closed cell puts its file system together. */
  readonly cell: string;
  /** A copy of the programs where the server's user cannot run the original. */
  readonly native: string;
  readonly scratch: string;
}

export function runDirOf(runId: string): RunDir {
  return runDirAt(join(tmpdir(), `${PREFIX}${runId}`), runId);
}

export function runDirAt(path: string, runId: string): RunDir {
  const data = join(path, 'data');
  return {
    path,
    runId,
    data,
    log: join(path, 'postgres.log'),
    config: join(path, 'config'),
    sockets: join(path, 'sockets'),
    cell: join(path, 'cell'),
    native: join(path, 'native'),
    scratch: join(path, 'scratch'),
  };
}
