import { statSync } from 'node:fs';
import { damaged } from '../../artifacts/damaged.ts';
import type {
  EnvironmentRecord,
  OutsideLockRecord,
  PlayingRecord,
  RunRecord,
  SnapshotRecord,
  WaitRecord,
} from '../../artifacts/records/records.ts';
import { STREAMS, type StreamName, type Streams } from '../../artifacts/registry.ts';
import type { RunFolder } from '../../artifacts/run-folder.ts';
import { locksSeen, waitsSeen } from '../../artifacts/sightings.ts';
import type { OnJudging } from '../judging-news.ts';
import { blamable } from './blamable-waits.ts';
import { readRequests, type RequestTable } from './request-table.ts';
import { SharedLocks } from './shared-locks.ts';

/** What a stream is as evidence, where that is more than the list of its records. */
interface Gathered {
  readonly waits: readonly WaitRecord[];
  readonly locks: readonly OutsideLockRecord[];
  readonly requests: RequestTable;
}

type CamelCase<S extends string> = S extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : S;

type EvidenceStreams = {
  readonly [K in StreamName as CamelCase<K>]?:
    (K extends keyof Gathered ? Gathered[K] : readonly Streams[K][]) | undefined;
};

/**
 * What a run left behind, read once. `undefined` = never written, which is not the same as empty; older runs lack some. Of a run with
 * several playings the streams are those of `playing`. `exactWaits` are without those that nothing follows from (blamable-waits.ts).
 */
export interface Evidence extends EvidenceStreams {
  readonly run: RunRecord;
  readonly playing: PlayingRecord | undefined;
  readonly environment: EnvironmentRecord | undefined;
  readonly snapshot: SnapshotRecord | undefined;
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
  const stream = async <K extends StreamName>(
    name: K,
    isKept: (record: Streams[K]) => boolean = () => true,
  ): Promise<Streams[K][] | undefined> => {
    tellOf(name, folder, onNews);
    if (!folder.has(name)) return undefined;
    const kept: Streams[K][] = [];
    for await (const records of folder.chunks(name))
      for (const record of records) if (isKept(record)) kept.push(record);
    return kept;
  };
  const run = await folder.readDocument('run');
  if (run === undefined) throw damaged('run.json', 'it is missing');
  const playing = await folder.readDocument('playing');
  const sharedLocks = new SharedLocks();
  const waits = seen(await stream('waits'), waitsSeen);
  const gathered: Record<string, unknown> = {
    waits,
    'exact-waits': await stream('exact-waits', blamable(waits ?? [])),
    steps: (await stream('steps'))?.map((event) => sharedLocks.of(event)),
    locks: seen(await stream('locks'), locksSeen),
    requests: await requestsOf(folder, onNews),
  };
  for (const name of STREAM_NAMES) if (!(name in gathered)) gathered[name] = await stream(name);
  const streams = Object.entries(gathered).map(([name, records]) => [camelCase(name), records]);
  return {
    ...(Object.fromEntries(streams) as EvidenceStreams),
    run: playing === undefined ? run : { ...run, ...ownEnding(playing, run), ...ownPlan(playing) },
    writtenPlan: run.plans?.find(({ name }) => name === playing?.planName)?.steps ?? run.plan,
    playing,
    environment: await folder.readDocument('environment'),
    snapshot: await folder.readDocument('snapshot'),
  };
}

const STREAM_NAMES = Object.keys(STREAMS) as StreamName[];

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
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
