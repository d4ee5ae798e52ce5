import type { CompatibilityRecord } from '../../artifacts/records.ts';
import type { RequestTable } from '../request-table.ts';
import type { Disturbance } from './disturbances.ts';
import { groupBy } from './group-by.ts';
import type { StepRun } from './steps.ts';

/** Failed requests of one kind that one cause made fail. */
export interface FailedRequests {
  readonly version: string;
  readonly script: string;
  /** SQLSTATE, `lost` or `unfinished`. */
  readonly sqlstate: string;
  /** Null: before the first step. */
  readonly step: StepRun | null;
  /** Index of the disturbance; null where no statement of the step can be named. */
  readonly cause: number | null;
  readonly rows: readonly number[];
}

/**
 * Who failed because of what. Where the compatibility matrix shows that a script worked before a step and fails with
 * this SQLSTATE after it, the step that broke it is the cause of all that follow; a stale plan is the last change of the
 * schema's; otherwise what was in flight when the request failed, else the last thing before.
 */
export function failedRequests(
  requests: RequestTable,
  steps: readonly StepRun[],
  causes: readonly Disturbance[],
  matrix: readonly CompatibilityRecord[],
): FailedRequests[] {
  const failed: number[] = [];
  requests.outcome.forEach((outcome, row) => {
    if (outcome !== 0) failed.push(row);
  });
  const kinds = groupBy(failed, (row) =>
    [requests.version[row], requests.script[row], requests.outcome[row]].join(' '),
  );
  return [...kinds.values()].flatMap((rows) => byCause(rows, requests, steps, causes, matrix));
}

function byCause(
  rows: readonly number[],
  requests: RequestTable,
  steps: readonly StepRun[],
  causes: readonly Disturbance[],
  matrix: readonly CompatibilityRecord[],
): FailedRequests[] {
  const [row = 0] = rows;
  const versionIndex = requests.version[row] ?? 0;
  const version = requests.versions[versionIndex] ?? '';
  const script = requests.scripts[versionIndex]?.[requests.script[row] ?? 0] ?? '';
  const sqlstate = requests.outcomes[requests.outcome[row] ?? 0] ?? '';
  const breaks = breakingSteps(matrix, steps, { version, script, sqlstate });
  const blame = new Blame(steps, causes, breaks, sqlstate === STALE_PLAN);
  const ordered = rows.toSorted((a, b) => (requests.endMs[a] ?? 0) - (requests.endMs[b] ?? 0));
  const groups = groupBy(ordered, (failedRow) => blame.of(requests.endMs[failedRow] ?? 0));
  return [...groups].map(([{ step, cause }, group]) => ({
    version,
    script,
    sqlstate,
    step,
    cause,
    rows: group,
  }));
}

/** Steps after which the script fails with `sqlstate` although it worked before them. */
function breakingSteps(
  matrix: readonly CompatibilityRecord[],
  steps: readonly StepRun[],
  kind: { version: string; script: string; sqlstate: string },
): StepRun[] {
  const states = matrix.filter(({ version, script }) => version === kind.version && script === kind.script);
  const breaking: StepRun[] = [];
  let worked = false;
  for (const { after, ok, sqlstate } of states) {
    const step = steps.find(({ planned }) => planned.name === after);
    if (worked && !ok && sqlstate === kind.sqlstate && step !== undefined) breaking.push(step);
    worked = ok;
  }
  return breaking;
}

/**
 * feature_not_supported: for a prepared statement it is `cached plan must not change result type`, which each connection
 * gets once, at its first use after the result's columns have changed (PostgreSQL's plancache.c).
 */
const STALE_PLAN = '0A000';

interface Cause {
  readonly step: StepRun | null;
  readonly cause: number | null;
}

/** Answers who is to blame for a failure at a moment; the same answer is the same object. */
class Blame {
  readonly #steps: readonly StepRun[];
  readonly #causes: readonly Disturbance[];
  readonly #breaks: readonly StepRun[];
  readonly #isStalePlan: boolean;
  readonly #broken = new Map<StepRun, Cause>();
  readonly #known = new Map<string, Cause>();

  constructor(
    steps: readonly StepRun[],
    causes: readonly Disturbance[],
    breaks: readonly StepRun[],
    isStalePlan: boolean,
  ) {
    this.#isStalePlan = isStalePlan;
    this.#steps = steps;
    this.#causes = causes;
    this.#breaks = breaks;
  }

  /** Moments must come in ascending order: the first failure that a step broke decides which statement did it. */
  of(atMs: number): Cause {
    const step = this.#breaks.findLast(({ window }) => window !== null && window.fromMs <= atMs);
    if (step !== undefined) return this.#brokenBy(step, atMs);
    const change = this.#isStalePlan
      ? this.#causes.findLastIndex(({ rank, fromMs }) => rank === 2 && fromMs <= atMs)
      : -1;
    if (change !== -1) return this.#same(this.#causes[change]?.step ?? null, change);
    const begun = this.#steps.findLast(({ window }) => window !== null && window.fromMs <= atMs);
    if (begun === undefined) return this.#same(null, null);
    return this.#same(begun, this.#inFlight(begun, atMs) ?? this.#lastBefore(begun, atMs));
  }

  #brokenBy(step: StepRun, atMs: number): Cause {
    const known = this.#broken.get(step);
    if (known !== undefined) return known;
    const cause = this.#same(step, this.#lastBefore(step, atMs));
    this.#broken.set(step, cause);
    return cause;
  }

  #inFlight(step: StepRun, atMs: number): number | null {
    let best: number | null = null;
    let bestRank = -1;
    this.#causes.forEach((cause, index) => {
      if (cause.step !== step || cause.fromMs > atMs || cause.toMs < atMs || cause.rank < bestRank) return;
      best = index;
      bestRank = cause.rank;
    });
    return best;
  }

  #lastBefore(step: StepRun, atMs: number): number | null {
    const index = this.#causes.findLastIndex((cause) => cause.step === step && cause.fromMs <= atMs);
    return index === -1 ? null : index;
  }

  #same(step: StepRun | null, cause: number | null): Cause {
    const key = `${step?.index ?? 0} ${cause ?? '-'}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fresh = { step, cause };
    this.#known.set(key, fresh);
    return fresh;
  }
}
