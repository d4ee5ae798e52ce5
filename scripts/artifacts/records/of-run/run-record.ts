import { z } from 'zod';
import { Budgets, PlannedPlaying, PlannedStep } from './plan-facts.ts';
import { ProbeRecord } from '../probe-record.ts';
import { Seal } from './seal-record.ts';
import { number, text } from '../primitives.ts';

/** Which state of the author's files was rehearsed, and from where. */
export const PlanOrigin = z.object({
  /** Name of the machine. */
  machine: text,
  /** Null outside of a repository, as are the others. */
  commit: text.nullable(),
  /** Null also where no branch is checked out. */
  branch: text.nullable(),
  /** Files of the rehearsal are not as in the commit, or not in it. */
  isDirty: z.boolean().nullable(),
});
export type PlanOrigin = z.infer<typeof PlanOrigin>;

/** artifacts/run.json: written when the run starts and again when it ends. */
export const RunRecord = z.object({
  schemaVersion: z.literal(1),
  runId: text,
  rehearsal: text,
  target: text,
  toolVersion: text,
  /** ISO 8601 UTC. */
  startedAt: text,
  endedAt: text.nullable(),
  /** How the plan's way ended; `error` = the tool or its hosts failed, with the public message in `problem`. */
  outcome: z.enum(['running', 'completed', 'step-failed', 'interrupted', 'error']),
  problem: text.nullable(),
  seed: number,
  load: z.object({
    ratePerSec: number,
    connections: number,
    warmupMs: number,
    /** As the rehearsal says it; absent = requests are judged by the baseline. */
    delayedOverMs: number.exactOptional(),
    /** In order of rollout; `weight` as in the scripts' own comment. */
    versions: z
      .array(
        z.object({
          name: text,
          /** The snapshot's role that it connected as; absent = the superuser. */
          role: text.exactOptional(),
          scripts: z
            .array(
              z.object({
                name: text,
                weight: number,
              }),
            )
            .readonly(),
        }),
      )
      .readonly(),
  }),
  budgets: Budgets,
  /** The rehearsal names no budgets. Absent where it does, and in older runs. */
  hasDefaultBudgets: z.literal(true).exactOptional(),
  /** Where the plan came from. Absent in older runs. */
  origin: PlanOrigin.exactOptional(),
  standby: z.boolean(),
  plan: z.array(PlannedStep).readonly(),
  /** The ways to do the change, of which `plan` is the first. Absent where there is but one. */
  plans: z
    .array(
      z.object({
        name: text,
        steps: z.array(PlannedStep).readonly(),
      }),
    )
    .readonly()
    .exactOptional(),
  /** Tables that nobody uses while any step runs, by word of the author. Absent where there are none. */
  quietTables: z.array(text).readonly().exactOptional(),
  /** What does not fit together in the folder of its migrations, as sentences. Absent where there is nothing, and in older runs. */
  notes: z.array(text).readonly().exactOptional(),
  /** How many marks `# guess:` its files have. Absent where there are none, and in older runs. */
  guesses: number.exactOptional(),
  /** The snapshot's role that the plan connected as; absent = the superuser. */
  planRole: text.exactOptional(),
  /** More than one: the evidence of each is in playings/<index>/. Absent in older runs, which had one. */
  playings: z.array(PlannedPlaying).readonly().exactOptional(),
  /** Probes that look besides those of every run. Absent in older runs, which may have had them all the same. */
  probes: z.array(ProbeRecord.shape.probe).readonly().exactOptional(),
  /** sha256 over the plan's files (see the run folder's plan/SHA256SUMS). */
  planSha256: text,
  /** Absent until the run has ended, and in older runs. */
  seal: Seal.exactOptional(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** artifacts/playing.json of a folder below playings/: one playing of the plan. */
export const PlayingRecord = z.object({
  ...PlannedPlaying.shape,
  /** ISO 8601 UTC: the zero of all times in its folder. */
  startedAt: text,
  endedAt: text.nullable(),
  /** `running` where it never came to its end. */
  outcome: z.enum(['running', 'completed', 'step-failed']),
  problem: text.nullable(),
  /** Of one of several plans, and one that goes back: the steps that it has instead of those of the run's own record. */
  plan: z.array(PlannedStep).readonly().exactOptional(),
});
export type PlayingRecord = z.infer<typeof PlayingRecord>;
