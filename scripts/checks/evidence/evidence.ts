import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { LineTooLongError } from '../../shared/files/ndjson.ts';
import type {
  ActorRecord,
  BatchRecord,
  CompatibilityRecord,
  EnvironmentRecord,
  ExactWaitRecord,
  LoadEvent,
  NoiseRecord,
  OutsideLockRecord,
  PlayingRecord,
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
import type { DocumentName, Documents, RunFolder, StreamName, Streams } from '../../artifacts/run-folder.ts';
import { locksSeen, waitsSeen } from '../../artifacts/sightings.ts';
import type { OnJudging } from '../judging-news.ts';
import { blamable } from './blamable-waits.ts';
import { readRequests, type RequestTable } from './request-table.ts';
import { shapeMistake } from './record-shapes.ts';
import { SharedLocks } from './shared-locks.ts';

/** What a run left behind, read once. `undefined` = never written, which is not the same as empty. */
export interface Evidence {
  readonly run: RunRecord;
  /** Of a run with several playings: the one that the streams below are of. */
  readonly playing: PlayingRecord | undefined;
  readonly environment: EnvironmentRecord | undefined;
  readonly snapshot: SnapshotRecord | undefined;
  readonly steps: readonly StepEvent[] | undefined;
  readonly waits: readonly WaitRecord[] | undefined;
  /** Without those that nothing follows from; see blamable-waits.ts. */
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
  readonly noise?: readonly NoiseRecord[] | undefined;
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
 * @param onNews is told of each stream before it is read
 * @throws RUN_INVALID naming the file that is damaged
 */
export async function readEvidence(
  folder: RunFolder,
  onNews: OnJudging = () => undefined,
): Promise<Evidence> {
  const stream = <K extends Exclude<StreamName, 'requests'>>(
    name: K,
    isKept?: (record: Streams[K]) => boolean,
  ): Promise<Streams[K][] | undefined> => {
    tellOf(name, folder, onNews);
    return readStream(name, folder, isKept);
  };
  const locks = new SharedLocks();
  const run = await document('run', folder);
  if (run === undefined) throw damaged('run.json', 'it is missing');
  const playing = await document('playing', folder);
  const waits = seen(await stream('waits'), waitsSeen);
  return {
    run: playing === undefined ? run : { ...run, ...ownEnding(playing, run), ...ownPlan(playing) },
    writtenPlan: run.plans?.find(({ name }) => name === playing?.planName)?.steps ?? run.plan,
    playing,
    environment: await document('environment', folder),
    snapshot: await document('snapshot', folder),
    steps: (await stream('steps'))?.map((event) => locks.of(event)),
    waits,
    exactWaits: await stream('exact-waits', blamable(waits ?? [])),
    locks: seen(await stream('locks'), locksSeen),
    requests: await requestsOf(folder, onNews),
    load: await stream('load'),
    batches: await stream('batches'),
    compatibility: await stream('compatibility'),
    server: await stream('server'),
    probes: await stream('probes'),
    actors: await stream('actors'),
    presence: await stream('presence'),
    noise: await stream('noise'),
    schema: await stream('schema'),
    rollback: await stream('rollback'),
  };
}

async function requestsOf(folder: RunFolder, onNews: OnJudging): Promise<RequestTable | undefined> {
  if (!folder.has('requests')) return undefined;
  tellOf('requests', folder, onNews);
  return readRequests(folder.streamPath('requests'), 'requests.ndjson');
}

function tellOf(name: StreamName, folder: RunFolder, onNews: OnJudging): void {
  const bytes = statSync(folder.streamPath(name), { throwIfNoEntry: false })?.size ?? 0;
  onNews({ doing: 'reading', file: `${name}.ndjson`, bytes });
}

function seen<A, B>(records: A[] | undefined, joined: (records: A[]) => B[]): B[] | undefined {
  return records && joined(records);
}

/** One that never came to its end ended as the run did. */
function ownEnding(
  { startedAt, endedAt, outcome, problem }: PlayingRecord,
  run: RunRecord,
): Pick<RunRecord, 'startedAt' | 'endedAt' | 'outcome' | 'problem'> {
  if (outcome === 'running') return { startedAt, endedAt, outcome: run.outcome, problem: run.problem };
  return { startedAt, endedAt, outcome, problem };
}

function ownPlan({ plan }: PlayingRecord): Partial<Pick<RunRecord, 'plan'>> {
  return plan === undefined ? {} : { plan };
}

async function document<K extends DocumentName>(
  name: K,
  folder: RunFolder,
): Promise<Documents[K] | undefined> {
  const file = basename(folder.documentPath(name));
  const found = await intact(file, () => folder.readDocument(name));
  const mistake = found === undefined ? undefined : shapeMistake(name, found);
  if (mistake !== undefined) throw damaged(file, mistake);
  return found;
}

/** Those of the records that are to be kept; undefined where the stream was never written. */
async function readStream<K extends Exclude<StreamName, 'requests'>>(
  name: K,
  folder: RunFolder,
  isKept: (record: Streams[K]) => boolean = () => true,
): Promise<Streams[K][] | undefined> {
  if (!folder.has(name)) return undefined;
  const kept: Streams[K][] = [];
  let line = 0;
  await intact(`${name}.ndjson`, async () => {
    for await (const records of folder.chunks(name))
      for (const record of records) {
        line += 1;
        const mistake = shapeMistake(name, record);
        if (mistake !== undefined) throw damaged(`${name}.ndjson`, `line ${line}, ${mistake}`);
        if (isKept(record)) kept.push(record);
      }
  });
  return kept;
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
