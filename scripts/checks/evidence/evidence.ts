import { RehearsalError } from '../../shared/errors.ts';
import { LineTooLongError } from '../../shared/files/ndjson.ts';
import type {
  ActorRecord,
  BatchRecord,
  CompatibilityRecord,
  EnvironmentRecord,
  ExactWaitRecord,
  LoadEvent,
  OutsideLockRecord,
  PerformanceRecord,
  PresenceRecord,
  ProbeRecord,
  RollbackRecord,
  RunRecord,
  SchemaRecord,
  ServerRecord,
  SnapshotRecord,
  StepEvent,
  WaitRecord,
} from '../../artifacts/records/records.ts';
import type { DocumentName, RunFolder, StreamName } from '../../artifacts/run-folder.ts';
import { locksSeen, waitsSeen } from '../../artifacts/sightings.ts';
import { readRequests, type RequestTable } from './request-table.ts';
import { shapeMistake } from './record-shapes.ts';

/** What a run left behind, read once. `undefined` = never written, which is not the same as empty. */
export interface Evidence {
  readonly run: RunRecord;
  /** Of a run with several performances: the one that the streams below are of. */
  readonly performance: PerformanceRecord | undefined;
  readonly environment: EnvironmentRecord | undefined;
  readonly snapshot: SnapshotRecord | undefined;
  readonly steps: readonly StepEvent[] | undefined;
  readonly waits: readonly WaitRecord[] | undefined;
  readonly exactWaits: readonly ExactWaitRecord[] | undefined;
  readonly locks: readonly OutsideLockRecord[] | undefined;
  readonly requests: RequestTable | undefined;
  readonly load: readonly LoadEvent[] | undefined;
  readonly batches: readonly BatchRecord[] | undefined;
  readonly compatibility: readonly CompatibilityRecord[] | undefined;
  readonly server: readonly ServerRecord[] | undefined;
  readonly probes: readonly ProbeRecord[] | undefined;
  /** Older runs have none. */
  readonly actors?: readonly ActorRecord[] | undefined;
  /** Older runs have none. */
  readonly presence?: readonly PresenceRecord[] | undefined;
  /** Older runs have none. */
  readonly schema?: readonly SchemaRecord[] | undefined;
  /** Only a playing that goes back has them. */
  readonly rollback?: readonly RollbackRecord[] | undefined;
  /** The plan as its author wrote it, where the playing had other steps. */
  readonly writtenPlan?: RunRecord['plan'];
}

/** An artifact by the name of its file without extension. */
export type ArtifactName = keyof Evidence;

/**
 * Reads every artifact of a run.
 * @throws RUN_INVALID naming the file that is damaged
 */
export async function readEvidence(folder: RunFolder): Promise<Evidence> {
  const run = await document('run', () => folder.readDocument('run'));
  if (run === undefined) throw damaged('run.json', 'it is missing');
  const performance = await document('performance', () => folder.readDocument('performance'));
  return {
    run:
      performance === undefined ? run : { ...run, ...ownEnding(performance, run), ...ownPlan(performance) },
    writtenPlan: run.plans?.find(({ name }) => name === performance?.planName)?.steps ?? run.plan,
    performance,
    environment: await document('environment', () => folder.readDocument('environment')),
    snapshot: await document('snapshot', () => folder.readDocument('snapshot')),
    steps: await stream('steps', () => folder.read('steps')),
    waits: seen(await stream('waits', () => folder.read('waits')), waitsSeen),
    exactWaits: await stream('exact-waits', () => folder.read('exact-waits')),
    locks: seen(await stream('locks', () => folder.read('locks')), locksSeen),
    requests: folder.has('requests')
      ? await readRequests(folder.streamPath('requests'), 'requests.ndjson')
      : undefined,
    load: await stream('load', () => folder.read('load')),
    batches: await stream('batches', () => folder.read('batches')),
    compatibility: await stream('compatibility', () => folder.read('compatibility')),
    server: await stream('server', () => folder.read('server')),
    probes: await stream('probes', () => folder.read('probes')),
    actors: await stream('actors', () => folder.read('actors')),
    presence: await stream('presence', () => folder.read('presence')),
    schema: await stream('schema', () => folder.read('schema')),
    rollback: await stream('rollback', () => folder.read('rollback')),
  };
}

function seen<A, B>(records: A[] | undefined, joined: (records: A[]) => B[]): B[] | undefined {
  return records && joined(records);
}

/** One that never came to its end ended as the run did. */
function ownEnding(
  { startedAt, endedAt, outcome, problem }: PerformanceRecord,
  run: RunRecord,
): Pick<RunRecord, 'startedAt' | 'endedAt' | 'outcome' | 'problem'> {
  if (outcome === 'running') return { startedAt, endedAt, outcome: run.outcome, problem: run.problem };
  return { startedAt, endedAt, outcome, problem };
}

function ownPlan({ plan }: PerformanceRecord): Partial<Pick<RunRecord, 'plan'>> {
  return plan === undefined ? {} : { plan };
}

async function document<T>(name: DocumentName, read: () => Promise<T | undefined>): Promise<T | undefined> {
  const found = await intact(`${name}.json`, read);
  const mistake = found === undefined ? undefined : shapeMistake(name, found);
  if (mistake !== undefined) throw damaged(`${name}.json`, mistake);
  return found;
}

async function stream<T>(
  name: Exclude<StreamName, 'requests'>,
  read: () => Promise<T[] | undefined>,
): Promise<T[] | undefined> {
  const records = await intact(`${name}.ndjson`, read);
  records?.forEach((record, position) => {
    const mistake = shapeMistake(name, record);
    if (mistake !== undefined) throw damaged(`${name}.ndjson`, `line ${position + 1}, ${mistake}`);
  });
  return records;
}

async function intact<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LineTooLongError) throw damaged(file, error.message, error);
    if (error instanceof SyntaxError) throw damaged(file, 'it is not JSON', error);
    throw error;
  }
}

export function damaged(file: string, what: string, cause?: unknown): RehearsalError {
  return new RehearsalError('RUN_INVALID', `${file} is damaged: ${what}`, {
    hint: 'rehearse the plan again; a run can only be judged from whole evidence',
    cause,
  });
}
