import type { RunRecord } from '../artifacts/records/records.ts';
import type { Budgets } from '../plan/model.ts';
import type { ArtifactName } from './evidence/evidence.ts';
import type { Analysis } from './analysis/analyse.ts';
import type { Finding } from './result/contract/result.ts';

/** How much a finding hurt; it orders findings of the same status. */
export interface Hurt {
  readonly failed: number;
  readonly delayed: number;
  readonly ms: number;
}

export const NO_HURT: Hurt = { failed: 0, delayed: 0, ms: 0 };

/** A finding before it is known which check it belongs to. */
export interface CheckFinding extends Partial<Omit<Finding, 'check' | 'unit'>> {
  readonly status: Finding['status'];
  readonly message: string;
  readonly hurt?: Hurt;
  /** A duration alone was over its budget: on a machine that others had meanwhile it would have been. */
  readonly isOnlySlow?: boolean;
  /** What PostgreSQL did there, as a sentence for the headline. */
  readonly effect?: string | null;
}

export interface CheckOutcome {
  /** Null where there was nothing to measure. */
  readonly measured: number | null;
  readonly findings: readonly CheckFinding[];
  /** Where neither of the check's own titles is true. */
  readonly title?: string;
  /** Nothing was there to judge, though it needs no budget. */
  readonly isNotJudged?: boolean;
}

/** A pure function of the evidence. Its page is docs/checks/<id in kebab case>.md. */
export interface Check {
  readonly id: string;
  /** The passing fact. */
  readonly title: string;
  /** The failing one. */
  readonly failureTitle: string;
  /** Where it can only warn of something else than a failure. */
  readonly warnTitle?: string;
  /** Artifacts without which it cannot tell. */
  readonly needs: readonly ArtifactName[];
  readonly unit: string | null;
  /** Which way what it measures is better. Default: lower. */
  readonly better?: 'higher';
  /** Beyond it something is told whatever the budgets, in `unit`: a figure of the tool's own. */
  readonly limit?: number;
  /** The budget that it is judged by; null = it is judged without one. */
  readonly budget: keyof Budgets | null;
  /** False where the plan has nothing that it could measure. Default: always. */
  readonly applies?: (run: RunRecord) => boolean;
  readonly run: (analysis: Analysis, budgets: Budgets) => CheckOutcome;
}

/** Nothing measured, nothing found. */
export const NOTHING: CheckOutcome = { measured: null, findings: [] };
