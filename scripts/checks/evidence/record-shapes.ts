import { z } from 'zod';
import { ACTOR_KINDS, CUTS, MAINTENANCE_ACTIONS, WAYS } from '../../plan/model.ts';
import type { DocumentName, StreamName } from '../../artifacts/run-folder.ts';
import { isMoment } from '../../shared/moments.ts';
import { AWAY_WHY } from '../../artifacts/records/presence-record.ts';
import { WAIT_TIERS } from '../../artifacts/records/wait-records.ts';
import { movedColumn } from './moved-column-shape.ts';
import { rollbackRecord } from './rollback-shapes.ts';
import { schemaRecord } from './schema-shapes.ts';
import { stepEvent } from './step-shapes.ts';

/*
 * Evidence comes from a folder that people copy, edit and cut. Only what the analysis would stumble over is looked at:
 * the keys that it reads without asking.
 */

const number = z.number();
const moment = number.refine(isMoment, 'is no moment of a run');
const text = z.string();
const lock = z.object({ relation: text, mode: text });

const actor = { actor: text, kind: z.enum(ACTOR_KINDS), tMs: moment };

const loadEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), tMs: moment }),
  z.object({ type: z.literal('capacity'), tMs: moment, perSec: number, connections: number }),
  z.object({ type: z.literal('saturated'), tMs: moment, busy: number }),
  z.object({ type: z.literal('baseline'), fromMs: moment, toMs: moment }),
  z.object({ type: z.literal('shares'), tMs: moment }),
  z.object({ type: z.literal('maintenance'), fromMs: moment, tMs: moment, turnedAway: number }),
  z.object({ type: z.literal('reconnected'), tMs: moment }),
  z.object({
    type: z.literal('said'),
    tMs: moment,
    version: text,
    script: text,
    sqlstate: text,
    message: text,
    hint: text.nullable(),
  }),
  z.object({ type: z.literal('stopped'), tMs: moment, unfinished: number }),
]);

const exactWait = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('wait'),
    pid: number,
    role: text,
    locktype: text,
    mode: text,
    fromMs: moment,
    toMs: moment,
    end: z.enum(['granted', 'cancelled']),
  }),
  z.object({ type: z.literal('grant'), pid: number, tMs: moment, relation: text }),
  z.object({ type: z.literal('release'), pid: number, tMs: moment }),
  z.object({ type: z.literal('tier'), tMs: moment, tier: z.enum(WAIT_TIERS), resolutionMs: number }),
]);

const wait = z.object({
  tMs: moment,
  pid: number,
  role: text,
  locktype: text,
  mode: text,
  sinceMs: moment,
  blockedBy: z.array(z.object({ pid: number, role: text })),
  after: number.optional(),
});

/** What changed from look to look; of older runs each look, without a type. */
function sighting(shape: z.ZodObject, ...others: z.ZodObject[]): z.ZodType {
  const told = z.discriminatedUnion('type', [
    shape.extend({ type: z.literal('seen'), id: number }),
    z.object({ type: z.literal('gone'), tMs: moment, lastMs: moment, ids: z.array(number) }),
    z.object({ type: z.literal('same'), tMs: moment }),
    z.object({ type: z.literal('gap'), fromMs: moment, tMs: moment }),
    ...others,
  ]);
  const hasType = (record: unknown): boolean =>
    typeof record === 'object' && record !== null && 'type' in record;
  return z.unknown().superRefine((record, context) => {
    const { error } = (hasType(record) ? told : shape).safeParse(record);
    for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
  });
}

const plannedStep = z.object({
  name: text,
  phase: text,
  kind: text,
  files: z.array(text),
  quietTables: z.array(text).optional(),
  way: z.object({ kind: z.enum(WAYS), of: text.nullable() }).optional(),
  maintenance: z.enum(MAINTENANCE_ACTIONS).optional(),
  cut: z.enum(CUTS).optional(),
  watch: z.object({ everyMs: number, through: z.array(text) }).optional(),
});

const SHAPES: Record<DocumentName | Exclude<StreamName, 'requests'>, z.ZodType> = {
  run: z.object({
    schemaVersion: z.literal(1),
    runId: text,
    startedAt: text,
    outcome: text,
    load: z.object({ versions: z.array(z.object({ name: text })) }),
    budgets: z.object({}),
    quietTables: z.array(text).optional(),
    notes: z.array(text).optional(),
    guesses: number.optional(),
    plan: z.array(plannedStep),
    plans: z.array(z.object({ name: text, steps: z.array(plannedStep) })).optional(),
    seal: z
      .object({
        sha256: text,
        files: z.array(z.object({ path: text, records: number.nullable(), sizeBytes: number, sha256: text })),
      })
      .optional(),
    playings: z
      .array(
        z.object({
          index: number,
          scenario: text,
          repetition: number,
          backFrom: text.optional(),
          cut: z.enum(CUTS).optional(),
          planName: text.optional(),
        }),
      )
      .optional(),
    probes: z.array(text).optional(),
  }),
  environment: z.object({
    hosts: number,
    createMs: moment,
    settings: z.array(z.object({ name: text, shown: text })),
    machine: z.object({ cpus: number, memoryBytes: number, os: text }),
    limits: z.array(text),
    hostInfo: z.array(z.object({ role: text, address: text })).optional(),
    created: z.record(text, number).nullish(),
    left: z.array(text).optional(),
    keptUntil: text.nullish(),
  }),
  snapshot: z.object({
    kind: text,
    sha256: text,
    tables: z.array(z.object({ name: text, rows: number, bytes: number })),
    keys: z.array(z.object({ relation: text, columns: z.array(text), settable: text.optional() })).optional(),
    moved: z.array(movedColumn).optional(),
    renamed: z
      .array(
        z.object({
          relation: text,
          owner: text,
          grants: z.array(z.object({ right: text, to: text, isGrantable: z.boolean() })),
          isRowSecured: z.boolean(),
        }),
      )
      .optional(),
    nearEnds: z
      .array(
        z.object({
          sequence: text,
          column: text.nullable(),
          columnType: text.nullable(),
          numbersLeft: number,
          usedShare: number,
        }),
      )
      .optional(),
    warnings: z.array(text),
  }),
  playing: z.object({
    index: number,
    scenario: text,
    repetition: number,
    startedAt: text,
    outcome: z.enum(['running', 'completed', 'step-failed']),
    planName: text.optional(),
    plan: z.array(plannedStep).optional(),
  }),
  steps: stepEvent,
  waits: sighting(
    wait,
    z.object({ type: z.literal('session'), tMs: moment, pid: number, applicationName: text }),
  ),
  'exact-waits': exactWait,
  locks: sighting(
    z.object({ tMs: moment, pid: number, step: text, relation: text, mode: text, granted: z.boolean() }),
  ),
  load: loadEvent,
  batches: z.object({
    step: text,
    startMs: moment,
    endMs: moment,
    rows: number,
    pausedMs: moment,
    triggers: z
      .object({
        executionMs: number,
        fired: z.array(z.object({ name: text, function: text.nullable(), calls: number, timeMs: number })),
      })
      .optional(),
  }),
  compatibility: z.object({
    after: text,
    version: text,
    script: text,
    ok: z.boolean(),
    uses: z.array(lock).optional(),
  }),
  noise: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('second'),
      tMs: moment,
      forMs: number,
      hosts: z.array(text),
      busyShare: number,
      stealShare: number,
      foreignShare: number,
      cpuPressureShare: number.nullable(),
      ioPressureShare: number.nullable(),
    }),
    z.object({ type: z.literal('unseen'), tMs: moment, host: text, why: text }),
  ]),
  server: z.object({ tMs: moment, replayLagMs: number.nullable(), replayLagBytes: number.nullable() }),
  actors: z.discriminatedUnion('event', [
    z.object({ ...actor, event: z.literal('planned'), step: text.nullable(), forMs: number.nullable() }),
    z.object({ ...actor, event: z.enum(['started', 'stopped', 'failed']), message: text.nullable() }),
  ]),
  presence: z.discriminatedUnion('type', [
    z.object({ type: z.literal('away'), role: text, why: z.enum(AWAY_WHY), fromMs: moment, toMs: moment }),
    z.object({ type: z.literal('stood-still'), fromMs: moment, toMs: moment }),
    z.object({ type: z.literal('crash'), role: text, pid: number, signal: number, tMs: moment }),
  ]),
  schema: schemaRecord,
  rollback: rollbackRecord,
  probes: z.object({ probe: text, event: z.enum(['started', 'stopped', 'died', 'gap']), tMs: moment }),
};

/** What is wrong with a record, as `has no number at tMs`; undefined = it can be used. */
export function shapeMistake(name: keyof typeof SHAPES, record: unknown): string | undefined {
  const parsed = SHAPES[name].safeParse(record);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the record' : place}: ${issue?.message ?? 'is not what it should be'}`;
}
