import { z } from 'zod';
import { DURATION_MS, isWithin } from '../../scripts/shared/bounds.ts';
import { parseDurationMs } from '../../scripts/shared/text/quantities.ts';

const duration = z.string().refine((text) => isWithin(DURATION_MS, parseDurationMs(text) ?? 0), {
  error: 'not a duration from 1ms to 24d; write 30m or 1h30m',
});

export const rehearsalInputSchema = z.strictObject({
  /** Folder of the rehearsal, absolute or relative to the project. */
  dir: z.string().min(1),
  rehearsal: z.string().min(1),
  target: z.string().min(1),
  /** JSON as under `targets` in rehearsal.yaml; it wins over what the rehearsal says. */
  targets: z.string().exactOptional(),
  /** How long the hosts stay up afterwards. */
  keep: duration.exactOptional(),
  /** Folder for run folders, absolute or relative to the project. */
  out: z.string().min(1).exactOptional(),
  /** The plan for people, a line a step. */
  steps: z.array(z.string()),
  /** First 12 hex digits of sha256 by path, relative to `dir`. */
  files: z.record(z.string(), z.string()),
  snapshot: z.string().min(1),
  settings: z.record(z.string(), z.string()),
  /** The rehearsal is stopped and torn down after this. */
  timeout: duration.exactOptional(),
});

export type RehearsalInputs = z.infer<typeof rehearsalInputSchema>;

/** What is stored: a run that hosts may be left of has no verdict. */
export const rehearsalStateSchema = z.looseObject({
  ...rehearsalInputSchema.partial().shape,
  runId: z.string().exactOptional(),
  verdict: z.string().exactOptional(),
  resultPath: z.string().exactOptional(),
  usedTarget: z.string().exactOptional(),
});

export type RehearsalState = z.infer<typeof rehearsalStateSchema>;
