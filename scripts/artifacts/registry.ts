import type { z } from 'zod';
import { ActorRecord } from './records/actor-record.ts';
import { CompatibilityRecord } from './records/compatibility-record.ts';
import { LoadEvent, RequestLine } from './records/load-records.ts';
import { NoiseRecord } from './records/noise-record.ts';
import { BatchRecord } from './records/of-plan/batch-record.ts';
import { RollbackRecord } from './records/of-plan/rollback-records.ts';
import { SchemaRecord } from './records/of-plan/schema-records.ts';
import { StepEvent } from './records/of-plan/step-records.ts';
import { EnvironmentRecord } from './records/of-run/environment-record.ts';
import { PlayingRecord, RunRecord } from './records/of-run/run-record.ts';
import { SnapshotRecord } from './records/of-run/snapshot-record.ts';
import { PresenceRecord } from './records/presence-record.ts';
import { ProbeRecord } from './records/probe-record.ts';
import { ServerRecord } from './records/server-record.ts';
import { LockStreamRecord, WaitStreamRecord } from './records/sighting-records.ts';
import { ExactWaitRecord } from './records/wait-records.ts';

/** Each artifacts/<name>.ndjson and what one of its lines is. What is here is read as evidence, and nothing else can be written. */
export const STREAMS = {
  steps: StepEvent,
  waits: WaitStreamRecord,
  'exact-waits': ExactWaitRecord,
  locks: LockStreamRecord,
  requests: RequestLine,
  load: LoadEvent,
  batches: BatchRecord,
  compatibility: CompatibilityRecord,
  server: ServerRecord,
  probes: ProbeRecord,
  actors: ActorRecord,
  presence: PresenceRecord,
  noise: NoiseRecord,
  schema: SchemaRecord,
  rollback: RollbackRecord,
} as const;

/** Each artifacts/<name>.json. */
const DOCUMENTS = {
  run: RunRecord,
  environment: EnvironmentRecord,
  snapshot: SnapshotRecord,
  playing: PlayingRecord,
} as const;

export type StreamName = keyof typeof STREAMS;
export type DocumentName = keyof typeof DOCUMENTS;
export type Streams = { [K in StreamName]: z.infer<(typeof STREAMS)[K]> };
export type Documents = { [K in DocumentName]: z.infer<(typeof DOCUMENTS)[K]> };

type Records = Streams & Documents;
const RECORDS: Readonly<Record<keyof Records, z.ZodType>> = { ...STREAMS, ...DOCUMENTS };

export function isRecord<K extends keyof Records>(name: K, record: unknown): record is Records[K] {
  return RECORDS[name].safeParse(record).success;
}

/** What is wrong with a record, as `tMs: is no moment of a run`; undefined = it is what it should be. */
export function recordMistake(name: keyof Records, record: unknown): string | undefined {
  const parsed = RECORDS[name].safeParse(record);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the record' : place}: ${issue?.message ?? 'is not what it should be'}`;
}
