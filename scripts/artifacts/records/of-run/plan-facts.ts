import { z } from 'zod';
import { CUTS, MAINTENANCE_ACTIONS, PHASES, STEP_KINDS, WAYS } from '../../../plan/model.ts';
import type { Budgets as PlanBudgets, PlannedPlaying as PlanPlaying } from '../../../plan/model.ts';
import { number, text } from '../primitives.ts';

/* What run.json and playing.json tell of the plan. */

/** A step as it was to be played. */
export const PlannedStep = z.object({
  name: text,
  phase: z.enum(PHASES),
  kind: z.enum(STEP_KINDS),
  pointOfNoReturn: z.boolean(),
  /** What the plan gives its session, and how often it is tried again. Absent where it says nothing, and in older runs. */
  lockTimeoutMs: number.exactOptional(),
  statementTimeoutMs: number.exactOptional(),
  retries: number.exactOptional(),
  /** Tables whose rows it removes by word of the author. Absent where there are none. */
  losesRows: z.array(text).readonly().exactOptional(),
  /** Tables that nobody uses while it runs, by word of the author. Absent where there are none. */
  quietTables: z.array(text).readonly().exactOptional(),
  /** Files of a sql or verify step, relative to the rehearsal. */
  files: z.array(text).readonly(),
  deploy: z.object({ to: text, strategy: z.enum(['rolling', 'blue-green']), overMs: number }).nullable(),
  batchTargetMs: number.nullable(),
  /** Of a maintenance step. */
  maintenance: z.enum(MAINTENANCE_ACTIONS).exactOptional(),
  /** Of a verify step that asks while other steps run. */
  watch: z.object({ everyMs: number, through: z.array(text).readonly() }).exactOptional(),
  hasRollback: z.boolean(),
  /** Of a step that the plan itself does not have. */
  way: z.object({ kind: z.enum(WAYS), of: text.nullable() }).exactOptional(),
  /** It was to be cut off like this, and to run again. */
  cut: z.enum(CUTS).exactOptional(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

/** See Budgets of the plan. */
export const Budgets = z.object({
  lockWaitMs: number.exactOptional(),
  lockHoldMs: number.exactOptional(),
  p99Ms: number.exactOptional(),
  errors: number.exactOptional(),
  blockedSeconds: number.exactOptional(),
  stepDurationMs: number.exactOptional(),
  downtimeMs: number.exactOptional(),
  backfillRatePerSec: number.exactOptional(),
  replicationLagMs: number.exactOptional(),
  regressionPercent: number.exactOptional(),
} satisfies Record<keyof PlanBudgets, z.ZodType>);

/** See PlannedPlaying of the plan. */
export const PlannedPlaying = z.object({
  index: number,
  scenario: text,
  repetition: number,
  planName: text.exactOptional(),
  backFrom: text.exactOptional(),
  cut: z.enum(CUTS).exactOptional(),
} satisfies Record<keyof PlanPlaying, z.ZodType>);
