import type { AskedRecord } from '../../artifacts/records/records.ts';
import type { VerifyWatch } from '../../plan/model.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { StepRun } from './step-runs.ts';

/** What a verify step found while it watched other steps. */
export interface Watched {
  readonly run: StepRun;
  readonly watch: VerifyWatch;
  /** In order of time. */
  readonly asked: readonly AskedRecord[];
  /** Those that were asked when it had found no rows in its own place. */
  readonly behind: readonly AskedRecord[];
}

/** By verify step, in the plan's order; a playing's steps that the plan itself does not have watch nothing. */
export function watchedSteps(steps: readonly { readonly run: StepRun }[], evidence: Evidence): Watched[] {
  return steps.flatMap(({ run }) => {
    const { name, watch, way } = run.planned;
    if (watch === undefined || way !== undefined) return [];
    const asked = (evidence.steps ?? [])
      .filter((event) => event.type === 'asked' && event.step === name)
      .map((event) => event as AskedRecord)
      .toSorted((a, b) => a.tMs - b.tMs);
    const fromMs = run.end?.status === 'ok' ? (run.window?.toMs ?? Infinity) : Infinity;
    return [{ run, watch, asked, behind: asked.filter((one) => one.fromMs >= fromMs) }];
  });
}

/** The asking that found most; undefined where none was answered. */
export function mostFound(asked: readonly AskedRecord[]): (AskedRecord & { rows: number }) | undefined {
  return asked
    .filter((one): one is AskedRecord & { rows: number } => one.rows !== null)
    .toSorted((a, b) => b.rows - a.rows)[0];
}
