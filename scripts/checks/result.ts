import { z } from 'zod';
import { ACTOR_KINDS, PHASES } from '../plan/model.ts';
import { environmentSchema, standbySchema } from './result-hosts.ts';

/*
 * result.json, schemaVersion 1. Renderers read nothing else. Times that end in `Ms` are durations in milliseconds, but for
 * `fromMs`, `toMs` and `tMs`, which are moments counted from the start of the run.
 */

const ms = z.number().nonnegative();
const count = z.int().nonnegative();

export const findingSchema = z.object({
  check: z.string().describe('Id of the check, such as lockWait; docs/checks has a page for each'),
  status: z.enum(['fail', 'inconclusive', 'warn']),
  step: z.string().nullable(),
  statement: z.int().nullable().describe('Position in the step, from 1'),
  measured: z.number().nullable(),
  budget: z.number().nullable(),
  unit: z.string().nullable(),
  sqlstate: z.string().nullable(),
  message: z.string().describe('One sentence: what happened, with its number and the budget'),
  advice: z.string().nullable().describe('What to write instead, as one sentence'),
  insteadSql: z.string().nullable().describe('Copyable SQL that does the same without the harm'),
});

const errorSchema = z.object({
  sqlstate: z.string().nullable(),
  message: z.string(),
  hint: z.string().nullable(),
  file: z.string().nullable(),
  line: z.int().nullable(),
  excerpt: z.string().nullable(),
});

const lockSchema = z.object({
  relation: z.string(),
  mode: z.string(),
  partitionOf: z.string().optional().describe('The topmost table or index that the relation is a part of'),
});
const blockerSchema = z.object({
  role: z.string().describe('app, migration, command, compatibility, actor or other'),
  applicationName: z.string().nullable(),
  state: z.string().nullable().describe('As in pg_stat_activity: active, idle in transaction'),
  query: z.string().nullable().describe('Its statement with $1, $2 … in the place of all constants'),
  level: z.int().positive().describe('1 = waited for directly, 2 = waited for by one of level 1, and so on'),
  isRoot: z.boolean().describe('It waited for nobody: the queue began with it'),
  sessions: count,
  ms: ms.describe('How long the longest of them stood in the way'),
});
const waiterSchema = z.object({
  role: z.string(),
  sessions: count.describe('Most of them at once'),
  sessionSeconds: z.number().nonnegative(),
  longestMs: ms,
});
const treeShape = {
  blockers: z.array(blockerSchema).optional().describe('Whom it waited for, nearest first'),
  waiters: z.array(waiterSchema).optional().describe('Who waited behind it'),
};
const overBudget = count
  .nullable()
  .optional()
  .describe('Of the delayed and failed requests, those above the budget for p99; null without such a budget');
const victimsSchema = z.object({
  delayed: count,
  failed: count,
  delayedSeconds: z
    .number()
    .nonnegative()
    .describe('Sum over the delayed requests of the time they took beyond the baseline median'),
});

export const statementSchema = z.object({
  index: z.int().positive(),
  sql: z.string(),
  file: z.string().nullable(),
  line: z.int().nullable(),
  durationMs: ms.describe('From sent to its own answer'),
  rows: count.nullable(),
  lockWaitMs: ms.describe('How long the statement itself waited for locks'),
  lockHoldMs: ms.describe('From the grant of its strongest lock to the end of its transaction'),
  blackoutMs: ms.describe(
    'How long others could not have the relation: waiting in the queue and holding, in modes that block reads or writes',
  ),
  capture: z.enum(['transaction', 'outside', 'none']),
  locks: z.array(lockSchema),
  rewrote: z.array(z.string()),
  victims: victimsSchema,
  victimsByScript: z.array(
    z.object({
      version: z.string(),
      script: z.string(),
      delayed: count,
      failed: count,
      sqlstates: z.array(z.string()),
    }),
  ),
  longestVictimMs: ms,
  peakBlockedSessions: count,
  blockedSessionSeconds: z.number().nonnegative(),
  blockedBy: z.array(z.string()).describe('Who the statement itself waited for, as roles'),
  ...treeShape,
  requestsOverBudget: overBudget,
  lockSlots: z
    .object({ used: count, perTransaction: count, total: count })
    .nullable()
    .optional()
    .describe('Entries of the shared lock table that its transaction had taken by then'),
  walBytes: z.number().nullable(),
  sizeChangeBytes: z.number().nullable(),
  error: errorSchema.nullable(),
});

const latencySchema = z.object({
  requests: count,
  errors: count,
  p50Ms: ms,
  p95Ms: ms,
  p99Ms: ms,
  maxMs: ms,
});

const outsideSchema = z.object({
  lockWaitMs: ms,
  lockHoldMs: ms,
  blackoutMs: ms,
  locks: z.array(lockSchema),
  ...treeShape,
  peakBlockedSessions: count,
  blockedSessionSeconds: z.number().nonnegative(),
  longestVictimMs: ms,
  requestsOverBudget: overBudget,
});

export const stepSchema = z.object({
  name: z.string(),
  index: z.int().positive(),
  phase: z.enum(PHASES),
  kind: z.enum(['sql', 'command', 'deploy', 'backfill', 'soak', 'verify']),
  status: z.enum(['ok', 'failed', 'skipped']),
  attempts: count,
  durationMs: ms,
  fromMs: ms.nullable(),
  toMs: ms.nullable(),
  pointOfNoReturn: z.boolean(),
  summary: z.string().describe('One line for people: old → new over 20 s'),
  victims: victimsSchema,
  failedTries: z.array(z.object({ attempt: z.int(), error: errorSchema, pauseMs: ms })),
  error: errorSchema.nullable(),
  shown: z.record(z.string(), z.string()).describe('Settings of the migration session as SHOW said them'),
  statements: z.array(statementSchema),
  backfill: z
    .object({
      rows: count,
      batches: count,
      rowsPerSecond: z.number(),
      batchP50Ms: ms,
      batchP99Ms: ms,
      batchTargetMs: ms,
      walBytes: z.number(),
      pausedMs: ms,
      pauseReasons: z.array(z.string()),
    })
    .nullable(),
  outside: outsideSchema
    .nullable()
    .optional()
    .describe('Of a command: what its sessions did by their locks, as seen from outside'),
  latency: latencySchema
    .nullable()
    .optional()
    .describe('The app over the time of the step and the drain of its queues, at least a second'),
});

export const resultSchema = z.object({
  schemaVersion: z.literal(1),
  toolVersion: z.string(),
  runId: z.string(),
  rehearsal: z.string(),
  target: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  outcome: z.enum(['running', 'completed', 'step-failed', 'interrupted', 'error']),
  problem: z.string().nullable(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  headline: z.string().describe('One sentence under the verdict'),
  findings: z.array(findingSchema).describe('Worst first'),
  checks: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      status: z.enum(['pass', 'fail', 'inconclusive', 'warn', 'not-judged']),
      measured: z.number().nullable(),
      budget: z.number().nullable(),
      unit: z.string().nullable(),
    }),
  ),
  steps: z.array(stepSchema),
  compatibility: z.array(
    z.object({
      after: z.string(),
      version: z.string(),
      script: z.string(),
      ok: z.boolean(),
      sqlstate: z.string().nullable(),
      live: z.boolean().describe('The version had traffic in that state, so it is judged'),
    }),
  ),
  traffic: z.record(z.string(), latencySchema).describe('By app version, over the whole run'),
  errors: z.array(
    z.object({
      version: z.string(),
      script: z.string(),
      step: z.string().nullable(),
      sqlstate: z.string(),
      count,
    }),
  ),
  baseline: latencySchema.nullable().describe('Before the first step'),
  victimThresholdMs: ms.describe('A request counts as delayed above this'),
  generator: z
    .object({ lagP50Ms: ms, lagP99Ms: ms, lagMaxMs: ms, reconnects: count, unfinished: count })
    .nullable(),
  timeline: z.object({
    seconds: z.array(
      z.object({
        tMs: ms,
        p50Ms: ms.nullable(),
        p95Ms: ms.nullable(),
        p99Ms: ms.nullable(),
        maxMs: ms.nullable(),
        errors: count,
        requests: z.record(z.string(), count).describe('Started per app version in this second'),
      }),
    ),
    locks: z.array(
      z.object({
        step: z.string(),
        statement: z.int(),
        relation: z.string(),
        mode: z.string(),
        waitFromMs: ms,
        fromMs: ms,
        toMs: ms,
      }),
    ),
    batches: z.array(z.object({ step: z.string(), tMs: ms, rowsPerSecond: z.number(), pausedMs: ms })),
    lag: z.array(
      z.object({
        tMs: ms,
        writeLagMs: ms.nullable().default(null),
        flushLagMs: ms.nullable().default(null),
        replayLagMs: ms.nullable(),
      }),
    ),
  }),
  actors: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(ACTOR_KINDS),
        fromMs: ms.nullable().describe('Null where it never came'),
        toMs: ms.nullable(),
        note: z.string().nullable().describe('What it did, or why it failed'),
      }),
    )
    .default([])
    .describe('Who kept the plan company besides the app, and from when to when'),
  standby: standbySchema.nullable().default(null).describe('Null where the rehearsal had no standby'),
  environment: environmentSchema,
  snapshot: z
    .object({
      kind: z.enum(['plain', 'archive', 'generator', 'command']),
      sha256: z.string(),
      takenAt: z.string().nullable(),
      sourceBytes: count,
      bytes: count,
      restoreMs: ms,
      tables: z.array(z.object({ name: z.string(), rows: count, bytes: count })),
    })
    .nullable(),
  load: z.object({
    ratePerSec: z.number(),
    connections: count,
    seed: z.int(),
    versions: z.array(z.string()),
  }),
  planSha256: z.string(),
  limits: z.array(z.string()),
});

export type Result = z.infer<typeof resultSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type StepResult = z.infer<typeof stepSchema>;
export type StatementResult = z.infer<typeof statementSchema>;
export type OutsideResult = z.infer<typeof outsideSchema>;
export type Blocker = z.infer<typeof blockerSchema>;
export type Waiter = z.infer<typeof waiterSchema>;
export type Victims = z.infer<typeof victimsSchema>;
