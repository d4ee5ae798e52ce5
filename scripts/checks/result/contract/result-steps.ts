import { z } from 'zod';
import { PHASES, STEP_KINDS, WAYS } from '../../../plan/model.ts';

/* The part of result.json about the steps of the plan and their statements. */

const ms = z.number().nonnegative();
const count = z.int().nonnegative();

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
  partitions: count
    .optional()
    .describe('It stands for so many of its partitions, which are not named one by one'),
});
const blockerSchema = z.object({
  role: z.string().describe('app, migration, command, compatibility, actor, tool, server, prepared or other'),
  applicationName: z.string().nullable(),
  state: z.string().nullable().describe('As in pg_stat_activity: active, idle in transaction'),
  query: z.string().nullable().describe('Its statement with $1, $2 … in the place of all constants'),
  level: z.int().positive().describe('1 = waited for directly, 2 = waited for by one of level 1, and so on'),
  isRoot: z.boolean().describe('It waited for nobody: the queue began with it'),
  sessions: count,
  ms: ms.describe('How long the longest of them stood in the way'),
  transactionSinceMs: z
    .number()
    .optional()
    .describe('When the oldest of their transactions began; can be before the run'),
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

const noticesSchema = z.array(
  z.object({
    severity: z.enum(['NOTICE', 'WARNING']),
    sqlstate: z.string(),
    message: z.string(),
    objects: z.array(z.string()).optional().describe('Of `drop cascades to 3 other objects`: each of them'),
    count,
  }),
);

const statementSchema = z.object({
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
  settings: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().nullable().describe('As SHOW writes it; null = reset to the server’s own'),
        file: z.string(),
        line: z.int(),
      }),
    )
    .optional()
    .describe(
      'Timeouts that the SQL before it set by itself: they were in force in place of those that the step shows',
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
  sizeChangeBytes: z
    .number()
    .nullable()
    .describe(
      'Of the relations that it locked, named or made, against the beginning of the step, or the last look at one that the step does not name',
    ),
  error: errorSchema.nullable(),
  notices: noticesSchema
    .optional()
    .describe('What the server said beside its answer; absent where it said nothing, and in older results'),
});

export const latencySchema = z.object({
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
  settings: z
    .array(z.object({ name: z.string(), value: z.string().nullable() }))
    .optional()
    .describe('Timeouts that its sessions set by themselves, as SHOW writes them; null = reset'),
  told: z
    .array(
      z.object({
        sql: z.string().describe('Without constants and names that are not public'),
        error: z.object({ sqlstate: z.string().nullable(), message: z.string() }).nullable(),
        notices: noticesSchema.optional(),
      }),
    )
    .optional()
    .describe('Its statements that failed or that the server said something of; absent in older results'),
});

const watchSchema = z.object({
  everyMs: ms,
  through: z.array(z.string()).describe('The steps while which it asked'),
  asked: count,
  unanswered: count.describe('Of those, where a question got no answer'),
  mostRows: count.nullable().describe('Most rows that one asking found; null where none was answered'),
  mostDuring: z.string().nullable().describe('The step that ran then'),
  lastRows: count.nullable(),
  behindRows: count.nullable().describe('Most rows behind its own place; null where nothing was asked there'),
  points: z
    .array(z.object({ tMs: ms, rows: count.nullable() }))
    .describe('In order of time; of a long watch the worst of neighbours'),
});

export const stepSchema = z.object({
  name: z.string(),
  index: z.int().positive(),
  phase: z.enum(PHASES),
  kind: z.enum(STEP_KINDS),
  status: z.enum(['ok', 'failed', 'skipped']),
  attempts: count.describe('Tries, the last one included; 0 where the step never began'),
  durationMs: ms,
  fromMs: ms.nullable(),
  toMs: ms.nullable(),
  pointOfNoReturn: z.boolean(),
  isAppOff: z
    .literal(true)
    .optional()
    .describe('The app was off for maintenance from its beginning to its end; absent where it was not'),
  way: z
    .object({ kind: z.enum(WAYS), of: z.string().nullable() })
    .optional()
    .describe(
      'Of a step that the plan itself does not have: `back` undoes the step `of`, `soak` is the time after the way back, `ask` has the author’s questions for then, `again` plays the step `of` once more',
    ),
  summary: z.string().describe('One line for people: old → new over 20 s'),
  victims: victimsSchema,
  failedTries: z.array(z.object({ attempt: z.int(), error: errorSchema, pauseMs: ms })),
  error: errorSchema.nullable(),
  shown: z
    .record(z.string(), z.string())
    .describe('Settings of the migration session as SHOW said them when it began'),
  statements: z.array(statementSchema),
  statementsLeftOut: z
    .object({ statements: count, longestMs: ms })
    .optional()
    .describe(
      'Those that are not in `statements`: of a run with thousands of them only the 2,000 that tell most are. Absent where all are',
    ),
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
      triggers: z
        .array(
          z.object({
            name: z.string().describe('Of the trigger, or of the foreign key that it keeps'),
            function: z.string().nullable().describe('What it calls; null of a foreign key'),
            calls: count,
            rows: count.describe('Rows of the batches in which it was measured, the first few'),
            timePercent: z.number().min(0).max(100).describe('Of the time of their updates'),
          }),
        )
        .optional()
        .describe('Fired by its updates; absent in older results'),
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
  watch: watchSchema
    .optional()
    .describe('Of a verify step that asked while other steps ran; absent of any other'),
});

export type StepResult = z.infer<typeof stepSchema>;
export type StatementResult = z.infer<typeof statementSchema>;
export type OutsideResult = z.infer<typeof outsideSchema>;
export type Blocker = z.infer<typeof blockerSchema>;
export type Waiter = z.infer<typeof waiterSchema>;
export type Victims = z.infer<typeof victimsSchema>;
