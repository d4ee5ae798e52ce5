import { z } from 'zod';
import { ACTOR_KINDS } from '../../../plan/model.ts';
import { DISARMED_KINDS } from '../../../artifacts/records/of-run/snapshot-record.ts';
import { WAIT_TIERS } from '../../../artifacts/records/wait-records.ts';
import { checkSchema, findingSchema, formerly } from './result-checks.ts';
import { coverageSchema } from './result-coverage.ts';
import { environmentSchema, standbySchema } from './result-hosts.ts';
import { playingsSchema } from './result-playings.ts';
import { interruptionSchema } from './result-interruptions.ts';
import { pointOfNoReturnSchema, wayBackSchema } from './result-way-back.ts';
import { driftSchema } from './result-drift.ts';
import { leftOutSchema } from './left-out.ts';
import { latencySchema, stepSchema } from './result-steps.ts';

export type { Blocker, OutsideResult, StatementResult, StepResult, Victims, Waiter } from './result-steps.ts';

/*
 * result.json, schemaVersion 1. Renderers read nothing else. Times that end in `Ms` are durations in milliseconds, but for
 * `fromMs`, `toMs` and `tMs`, which are moments counted from the start of the run.
 */

const ms = z.number().nonnegative();
const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const index = z.int().positive();

const playingSchema = z.object({
  index: z.int().positive().describe('In order of time'),
  of: z.int().positive(),
  scenario: z.string(),
  repetition: z.int().positive().describe('Of this scenario'),
  plan: z.string().optional().describe('Which of the rehearsal’s plans; absent where it has one'),
});

const originSchema = z.object({
  machine: z.string().describe('Name of the machine from which it was rehearsed'),
  commit: z
    .string()
    .nullable()
    .describe('That the repository of the rehearsal stood at; null outside of a repository'),
  branch: z.string().nullable().describe('Null outside of a repository, and where none is checked out'),
  isDirty: z
    .boolean()
    .nullable()
    .describe('Files of the rehearsal are not as in the commit; null outside of a repository'),
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
  checks: z.array(checkSchema),
  steps: z.array(stepSchema),
  compatibility: z.array(
    z.object({
      after: z.string(),
      version: z.string(),
      script: z.string(),
      ok: z.boolean(),
      sqlstate: z.string().nullable(),
      message: z
        .string()
        .optional()
        .describe("PostgreSQL's public message; absent where there is none, and in older results"),
      live: z.boolean().describe('The version had traffic in that state, so it is judged'),
      own: z
        .literal(true)
        .optional()
        .describe(
          'It failed with `sqlstate` as the app fails by itself before the first step, and counts as ok',
        ),
    }),
  ),
  traffic: z
    .record(
      z.string(),
      latencySchema.extend({
        playing: index
          .optional()
          .describe('That of its highest p99, whose figures these are; absent if there was one'),
        performance: formerly(index, 'playing'),
      }),
    )
    .describe('By app version, over the whole run'),
  errors: z.array(
    z.object({
      version: z.string(),
      script: z.string(),
      step: z.string().nullable(),
      sqlstate: z.string(),
      count,
      message: z.string().optional().describe('PostgreSQL’s own words, without values of rows'),
      own: z
        .literal(true)
        .optional()
        .describe(
          'Since the plan began, and no more than the app’s own rate of such errors before it explains',
        ),
    }),
  ),
  ownErrors: z
    .array(
      z.object({ version: z.string(), script: z.string(), sqlstate: z.string(), count, requests: count }),
    )
    .optional()
    .describe(
      'What the app failed with by itself before the first step: `count` of the script’s `requests`; absent where it did not',
    ),
  baseline: latencySchema.nullable().describe('Before the first step'),
  victimThresholdMs: ms.describe('A request counts as delayed above this'),
  victimThresholdFrom: z
    .enum(['rehearsal', 'baseline', 'tool'])
    .optional()
    .describe(
      '`rehearsal`: its load.delayedOver. Else three times the p99 of the baseline, or 10 ms where that is more. Absent in older results',
    ),
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
    noise: z
      .array(
        z.object({
          tMs: ms,
          hosts: z.array(z.string()),
          busyShare: share,
          stealShare: share,
          foreignShare: share,
          cpuPressureShare: share.nullable(),
          ioPressureShare: share.nullable(),
        }),
      )
      .optional()
      .describe(
        'Of the processors of each machine that took part: busy in all, taken by other guests (steal), by processes that are not the rehearsal’s; and of the time, somebody waited for a processor or a disk. Absent in older results, and where it was not seen',
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
  storage: z
    .object({
      walBytes: z.number().nonnegative(),
      databaseBytesBefore: z.number().nonnegative(),
      databaseBytesMost: z.number().nonnegative().describe('At one of the looks, one a second'),
    })
    .optional()
    .describe(
      'The server from the first step to the last, with the app’s traffic; absent where nobody looked, and in older results',
    ),
  snapshot: z
    .object({
      kind: z.enum(['plain', 'archive', 'physical', 'generator', 'synthetic', 'command']),
      sha256: z.string(),
      takenAt: z.string().nullable(),
      sourceBytes: count,
      bytes: count,
      restoreMs: ms,
      base: z
        .object({ madeInMs: ms })
        .optional()
        .describe(
          'The copy of a database that an earlier run restored, and what that took; absent where this run restored',
        ),
      tables: z.array(z.object({ name: z.string(), rows: count, bytes: count })),
      disarmed: z
        .array(z.object({ kind: z.enum(DISARMED_KINDS), name: z.string() }))
        .optional()
        .describe(
          'What of production could have reached out and was made harmless before the rehearsal began; absent where nothing was found',
        ),
      tablesLeftOut: z
        .object({ tables: count, rows: count, bytes: count })
        .optional()
        .describe('Smaller tables that are not in `tables`; absent where it has all of them'),
      drift: driftSchema,
    })
    .nullable(),
  load: z.object({
    ratePerSec: z.number(),
    connections: count,
    seed: z.int(),
    versions: z.array(z.string()),
  }),
  planSha256: z.string(),
  origin: originSchema.optional().describe('Where the plan came from; absent in older results'),
  evidenceSha256: z
    .string()
    .nullish()
    .describe('The seal of the evidence that this was judged from; null where the run folder has none'),
  playing: playingSchema
    .nullable()
    .optional()
    .describe('Which playing of the plan the figures are of, where a run has several'),
  playings: playingsSchema
    .nullable()
    .optional()
    .describe('Of a run with several scenarios or repetitions: all of them side by side'),
  performance: formerly(playingSchema.nullable(), 'playing'),
  performances: formerly(playingsSchema.nullable(), 'playings'),
  wayBack: z
    .array(wayBackSchema)
    .optional()
    .describe('One for each playing that goes back; absent where none does'),
  pointOfNoReturn: pointOfNoReturnSchema.optional().describe('Likewise, of all of them'),
  interruptions: z
    .array(interruptionSchema)
    .optional()
    .describe('One for each step that was cut off, and each way to do so; absent where none was to be'),
  downtimeSeconds: z
    .number()
    .nonnegative()
    .optional()
    .describe(
      'How long the plan’s steps had the app off for maintenance; the way back aside. Absent where the plan takes it off at no time',
    ),
  maintenance: z
    .array(z.object({ fromMs: ms, toMs: ms, turnedAway: count.describe('Requests that were due meanwhile') }))
    .optional()
    .describe('Every time that the app was off; their requests are in no other figure. Absent likewise'),
  coverage: z
    .array(coverageSchema)
    .optional()
    .describe('Which tables the plan stopped, by step, and who asked for them; absent in older results'),
  waits: z
    .object({
      tier: z.enum(WAIT_TIERS),
      resolutionMs: ms.describe('To how many milliseconds the ends of a wait are known'),
      pollMs: ms.describe('How often was looked who stands in whose way'),
      note: z.string().nullable().describe('Why not better, and what happened on the way'),
    })
    .optional()
    .describe('How the waits for locks were measured'),
  leftOut: z
    .array(leftOutSchema)
    .optional()
    .describe('Lists with more than this document tells one by one; absent where it has all'),
  limits: z.array(z.string()),
});

export type Result = z.infer<typeof resultSchema>;
export type Finding = z.infer<typeof findingSchema>;
