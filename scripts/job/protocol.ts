import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { RunEvent } from '../engine/events.ts';
import type { ServerFacts } from '../engine/settings.ts';
import { CUTS, type Rehearsal } from '../plan/model.ts';
import type { ErrorCode } from '../shared/errors.ts';

/*
 * What the machine that starts a rehearsal and the driver host tell each other: files in one folder, the job folder.
 * Both sides are of the same checkout, so nothing here has to be read by another version.
 */

/** Names inside the job folder. */
export const JOB_FILES = {
  /** In; mode 600, because it is the only file that holds secrets. */
  job: 'job.json',
  /** In, instead of it: the host has but a share of the load. Mode 600 as well. */
  share: 'share.json',
  /** Out; one `DriverLine` a line, only ever appended to. */
  events: 'events.ndjson',
  /** Out; `<pid> <start time in clock ticks since boot>` of the process that has the job. */
  pid: 'driver.pid',
  /** Out; what went wrong, for whoever has to find a bug. */
  log: 'log',
  /** Out; the run folder, and its content as an archive once the job is over. */
  run: 'run',
  archive: 'run.tar.gz',
  /** Out; the last file, there in one step. */
  done: 'done.json',
  /** Scratch files. */
  tmp: 'tmp',
} as const;

/** The log's place in the run folder, where the job failed. */
export const DRIVER_LOG = 'artifacts/driver.log';

const relativePath = z.string().refine((path) => path !== '' && !isAbsolute(path));
const setting = z.strictObject({ name: z.string(), value: z.string() });

const endpoint = z.strictObject({
  host: z.string(),
  port: z.int(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
});

/** Enough to tell that it is one; `makeJob` wrote it from a rehearsal that was read and checked. */
const rehearsalSchema = z.custom<Rehearsal>(
  (value) =>
    z.object({ name: z.string(), dir: relativePath, plan: z.array(z.object()) }).safeParse(value).success,
  'is not a rehearsal',
);

export const jobSchema = z.strictObject({
  schemaVersion: z.literal(1),
  runId: z.string(),
  /** Nothing of the job runs longer. ISO 8601 UTC, for messages. */
  expiresAt: z.iso.datetime(),
  /** Until then, by the clock of who handed it over: a host's own may be wrong. */
  leftMs: z.number(),
  /** All its paths are relative to the job folder. */
  rehearsal: rehearsalSchema,
  playings: z.array(
    z.strictObject({
      index: z.int(),
      scenario: z.string(),
      repetition: z.int(),
      backFrom: z.string().exactOptional(),
      cut: z.enum(CUTS).exactOptional(),
      planName: z.string().exactOptional(),
    }),
  ),
  primary: endpoint,
  standby: endpoint.nullable(),
  restoreSettings: z.array(setting),
  /** Driver hosts that have a share of the load, by the same key. */
  others: z.array(z.strictObject({ name: z.string(), address: z.string(), port: z.int() })),
  /** Files that have to be executable, relative to the job folder. */
  executables: z.array(relativePath),
  /** How messages call what lies at a path of the job folder: as the author knows it. */
  shownAs: z.array(z.strictObject({ path: relativePath, as: z.string() })),
});

/** The content of job.json. */
export type Job = z.infer<typeof jobSchema>;

export const shareSchema = z.strictObject({
  schemaVersion: z.literal(1),
  runId: z.string(),
  expiresAt: z.iso.datetime(),
  leftMs: z.number(),
  /** Of this host, as the first driver reaches it. */
  address: z.string(),
  /** In hexadecimal. */
  key: z.string(),
});

/** The content of share.json. */
export type Share = z.infer<typeof shareSchema>;

const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string' && /^[A-Z_]+$/.test(value));

const serverSchema = z.object({
  postgresVersion: z.string(),
  settings: z
    .array(z.object({ name: z.string(), asked: z.string().nullable(), shown: z.string() }))
    .readonly(),
  roles: z.array(z.object({ name: z.string(), superuser: z.boolean(), madeOwner: z.boolean() })).readonly(),
}) satisfies z.ZodType<ServerFacts>;

export const doneSchema = z.object({
  /** The engine came to its end, be it by a step that failed. */
  ok: z.boolean(),
  /** What ended it early, fit to be shown; null when `ok`. */
  error: z.object({ code: errorCode, message: z.string(), hint: z.string().nullable() }).nullable(),
  /** The failure of a step that ended the plan. */
  stepFailure: z.string().nullable(),
  /** Wall-clock time of the run's zero, ISO 8601 UTC. */
  startedAt: z.string(),
  server: serverSchema.nullable(),
  /** Null only where it could not be written, which `error` then tells. */
  archive: z.literal(JOB_FILES.archive).nullable(),
  sha256: z.string().nullable(),
  sizeBytes: z.number().nullable(),
});

/** The content of done.json. */
export type DriverDone = Readonly<z.infer<typeof doneSchema>>;

/** One line of events.ndjson. */
export type DriverLine =
  | RunEvent
  /** The first line: wall-clock time of the run's zero, ISO 8601 UTC. */
  | { readonly type: 'started'; readonly startedAt: string }
  /** The server as the plan meets it. */
  | { readonly type: 'server'; readonly facts: ServerFacts }
  /** Where a driver host with a share of the load listens. */
  | { readonly type: 'listening'; readonly port: number }
  /** A sign of life, since the run's zero. */
  | { readonly type: 'alive'; readonly tMs: number };

const lineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stage'), stage: z.string(), state: z.string(), detail: z.string() }),
  z.object({ type: z.literal('step'), index: z.number(), name: z.string(), state: z.string() }),
  z.object({ type: z.literal('traffic'), ratePerSec: z.number(), errors: z.number() }),
  z.object({ type: z.literal('playing'), index: z.number(), scenario: z.string(), of: z.number() }),
  z.object({ type: z.literal('note'), message: z.string() }),
  z.object({ type: z.literal('started'), startedAt: z.string() }),
  z.object({ type: z.literal('server'), facts: serverSchema }),
  z.object({ type: z.literal('listening'), port: z.int() }),
  z.object({ type: z.literal('alive'), tMs: z.number() }),
]);

/** Undefined for what is not a whole line of the driver's. */
export function parseDriverLine(line: string): DriverLine | undefined {
  try {
    const parsed = JSON.parse(line) as unknown;
    return lineSchema.safeParse(parsed).success ? (parsed as DriverLine) : undefined;
  } catch {
    return undefined;
  }
}
