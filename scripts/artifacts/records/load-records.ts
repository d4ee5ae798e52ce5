import { z } from 'zod';
import { moment, number, text } from './primitives.ts';

export const REQUEST_COLUMNS = [
  'intendedMs',
  'readyMs',
  'sentMs',
  'endMs',
  'version',
  'script',
  'outcome',
  'pid',
] as const;

/** First line of artifacts/requests.ndjson; every other line is a `RequestRow`. */
export const RequestHeader = z.object({
  type: z.literal('header'),
  columns: z.array(text).readonly(),
  versions: z.array(text).readonly(),
  /** Script names by version index. */
  scripts: z.array(z.array(text).readonly()).readonly(),
});
export type RequestHeader = z.infer<typeof RequestHeader>;

/**
 * intendedMs: when the request was due. readyMs: when a connection was free for it (>= intendedMs). sentMs: when it was
 * really sent; sentMs - readyMs is the generator's own lag. endMs: last answer. version and script are indexes into the
 * header. outcome: 0 = ok, a SQLSTATE, `lost` = connection lost, `unfinished` = still waiting when the load stopped. pid: the backend that it ran on, 0 where it never had one; older
 * runs do not have it.
 */
export type RequestRow = readonly [
  intendedMs: number,
  readyMs: number,
  sentMs: number,
  endMs: number,
  version: number,
  script: number,
  outcome: 0 | string,
  pid?: number,
];

/** A line of artifacts/requests.ndjson. They are looked at where they are read, see request-table.ts: there are too many for this. */
export const RequestLine = z.union([RequestHeader, z.custom<RequestRow>(Array.isArray)]);

/** artifacts/load.ndjson */
export const LoadEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    tMs: moment,
  }),
  z.object({
    type: z.literal('capacity'),
    tMs: moment,
    perSec: number,
    /** So few requests were answered that it is less than `perSec`. */
    isBelow: z.boolean().optional(),
    connections: number,
  }),
  z.object({
    type: z.literal('saturated'),
    tMs: moment,
    busy: number,
  }),
  z.object({
    type: z.literal('baseline'),
    fromMs: moment,
    toMs: moment,
  }),
  z.object({
    type: z.literal('shares'),
    tMs: moment,
    shares: z.record(text, number),
  }),
  z.object({
    type: z.literal('maintenance'),
    fromMs: moment,
    tMs: moment,
    turnedAway: number,
  }),
  z.object({
    type: z.literal('reconnected'),
    tMs: moment,
    downMs: number,
  }),
  z.object({
    type: z.literal('said'),
    tMs: moment,
    version: text,
    script: text,
    sqlstate: text,
    message: text,
    hint: text.nullable(),
    /** The function of the database in whose body it failed. Absent where it was in none, and in older runs. */
    inside: text.exactOptional(),
  }),
  z.object({
    type: z.literal('stopped'),
    tMs: moment,
    unfinished: number,
  }),
  /** What another driver host had a share in, once it has stopped; its times may be wrong by so much. */
  z.object({
    type: z.literal('shared'),
    tMs: moment,
    host: text,
    requests: number,
    clockErrorMs: number,
  }),
]);
export type LoadEvent = z.infer<typeof LoadEvent>;
