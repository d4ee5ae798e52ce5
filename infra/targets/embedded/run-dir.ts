import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'dress-rehearsal-';

/** Where the parts of one run lie on this machine. All of it goes away with the run. */
export interface RunDir {
  readonly path: string;
  readonly runId: string;
  /** Who made it, for how long, and which processes belong to it. */
  readonly owner: string;
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

/** The run folder that an entry of the temporary folder may be, by its name. */
export function runDirOfEntry(entry: string): RunDir | undefined {
  if (!entry.startsWith(PREFIX) || entry === PREFIX) return undefined;
  return runDirOf(entry.slice(PREFIX.length));
}

function runDirAt(path: string, runId: string): RunDir {
  const data = join(path, 'data');
  return {
    ...{ path, runId, data },
    owner: join(path, 'owner.json'),
    log: join(path, 'postgres.log'),
    conf: join(data, 'dress-rehearsal.conf'),
    native: join(path, 'native'),
    scratch: join(path, 'scratch'),
  };
}
