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
  /** Settings of the current mode; postgresql.conf includes it. */
  readonly conf: string;
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
    ...{ path, runId, data },
    log: join(path, 'postgres.log'),
    conf: join(data, 'dress-rehearsal.conf'),
    native: join(path, 'native'),
    scratch: join(path, 'scratch'),
  };
}
