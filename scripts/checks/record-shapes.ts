import { z } from 'zod';
import { ACTOR_KINDS } from '../plan/model.ts';
import type { DocumentName, StreamName } from '../artifacts/run-folder.ts';
import { WAIT_TIERS } from '../artifacts/wait-records.ts';

/*
 * Evidence comes from a folder that people copy, edit and cut. Only what the analysis would stumble over is looked at:
 * the keys that it reads without asking.
 */

const number = z.number();
const text = z.string();
const lock = z.object({ relation: text, mode: text });

const actor = { actor: text, kind: z.enum(ACTOR_KINDS), tMs: number };

const stepEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step-start'), step: text, tMs: number }),
  z.object({
    type: z.literal('step-end'),
    step: text,
    tMs: number,
    status: z.enum(['ok', 'failed', 'skipped']),
    attempts: number,
  }),
  z.object({
    type: z.literal('attempt'),
    step: text,
    attempt: number,
    tMs: number,
    error: z.object({}),
    pauseMs: number,
  }),
  z.object({
    type: z.literal('statement'),
    step: text,
    index: number,
    attempt: number,
    sql: text,
    sentMs: number,
    respondedMs: number,
    releasedMs: number,
    locks: z.array(lock),
    newLocks: z.array(lock),
    rewrote: z.array(text),
    pid: number,
  }),
]);

const loadEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), tMs: number }),
  z.object({ type: z.literal('capacity'), tMs: number, perSec: number, connections: number }),
  z.object({ type: z.literal('saturated'), tMs: number, busy: number }),
  z.object({ type: z.literal('baseline'), fromMs: number, toMs: number }),
  z.object({ type: z.literal('shares'), tMs: number }),
  z.object({ type: z.literal('reconnected'), tMs: number }),
  z.object({ type: z.literal('stopped'), tMs: number, unfinished: number }),
]);

const exactWait = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('wait'),
    pid: number,
    role: text,
    locktype: text,
    mode: text,
    fromMs: number,
    toMs: number,
    end: z.enum(['granted', 'cancelled']),
  }),
  z.object({ type: z.literal('grant'), pid: number, tMs: number, relation: text }),
  z.object({ type: z.literal('release'), pid: number, tMs: number }),
  z.object({ type: z.literal('tier'), tMs: number, tier: z.enum(WAIT_TIERS), resolutionMs: number }),
]);

const SHAPES: Record<DocumentName | Exclude<StreamName, 'requests'>, z.ZodType> = {
  run: z.object({
    schemaVersion: z.literal(1),
    runId: text,
    startedAt: text,
    outcome: text,
    load: z.object({ versions: z.array(z.object({ name: text })) }),
    budgets: z.object({}),
    plan: z.array(z.object({ name: text, phase: text, kind: text, files: z.array(text) })),
    performances: z.array(z.object({ index: number, scenario: text, repetition: number })).optional(),
  }),
  environment: z.object({
    hosts: number,
    createMs: number,
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
    keys: z.array(z.object({ relation: text, columns: z.array(text) })).optional(),
    warnings: z.array(text),
  }),
  performance: z.object({
    index: number,
    scenario: text,
    repetition: number,
    startedAt: text,
    outcome: z.enum(['running', 'completed', 'step-failed']),
  }),
  steps: stepEvent,
  waits: z.object({
    tMs: number,
    pid: number,
    role: text,
    locktype: text,
    mode: text,
    sinceMs: number,
    blockedBy: z.array(z.object({ pid: number, role: text })),
  }),
  'exact-waits': exactWait,
  locks: z.object({ tMs: number, pid: number, step: text, relation: text, mode: text, granted: z.boolean() }),
  load: loadEvent,
  batches: z.object({ step: text, startMs: number, endMs: number, rows: number, pausedMs: number }),
  compatibility: z.object({ after: text, version: text, script: text, ok: z.boolean() }),
  server: z.object({ tMs: number, replayLagMs: number.nullable(), replayLagBytes: number.nullable() }),
  actors: z.discriminatedUnion('event', [
    z.object({ ...actor, event: z.literal('planned'), step: text.nullable(), forMs: number.nullable() }),
    z.object({ ...actor, event: z.enum(['started', 'stopped', 'failed']), message: text.nullable() }),
  ]),
  probes: z.object({ probe: text, event: z.enum(['started', 'stopped', 'died', 'gap']), tMs: number }),
};

/** What is wrong with a record, as `has no number at tMs`; undefined = it can be used. */
export function shapeMistake(name: keyof typeof SHAPES, record: unknown): string | undefined {
  const parsed = SHAPES[name].safeParse(record);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the record' : place}: ${issue?.message ?? 'is not what it should be'}`;
}
