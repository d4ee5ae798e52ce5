import type { RequestTable } from '../../evidence/request-table.ts';
import type { FailedRequests } from './failures.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { StepRun } from '../step-runs.ts';
import type { DelayedRequests } from './victims.ts';

/** Victims of one script of one app version. */
interface ScriptVictims {
  readonly version: string;
  readonly script: string;
  readonly delayed: number;
  readonly failed: number;
  readonly sqlstates: readonly string[];
}

export interface VictimCount {
  readonly delayed: number;
  readonly failed: number;
  /** Requests that waited for it and then failed by something else: they are among the failed of that. */
  readonly failedAfter: number;
  /** What the delayed requests took beyond the baseline's median, in all. */
  readonly delayedSeconds: number;
  /** The slowest of the delayed and failed. */
  readonly longestMs: number;
  /** Of them, those that took longer than the budget for p99; null without such a budget. */
  readonly overBudget: number | null;
  /** The most hit first. */
  readonly byScript: readonly ScriptVictims[];
}

const NO_VICTIMS: VictimCount = {
  delayed: 0,
  failed: 0,
  failedAfter: 0,
  delayedSeconds: 0,
  longestMs: 0,
  overBudget: null,
  byScript: [],
};

interface VictimFacts {
  readonly requests: RequestTable | undefined;
  readonly delayed: DelayedRequests | undefined;
  readonly failures: readonly FailedRequests[];
  readonly medianMs: number;
  /** The budget for p99. */
  readonly budgetMs: number | null;
}

/** Who suffered from what: all of them arranged once, so that each statement costs what it did. */
export class Victims {
  readonly #facts: VictimFacts;
  readonly #failuresOf: ReadonlyMap<number | null, readonly FailedRequests[]>;
  /** Rows of requests that waited and then failed, by the disturbance that they waited for. */
  readonly #behind: ReadonlyMap<number, readonly (readonly [row: number, cause: number])[]>;

  constructor(facts: VictimFacts) {
    this.#facts = facts;
    this.#failuresOf = groupBy(facts.failures, ({ cause }) => cause);
    this.#behind = groupBy(facts.delayed?.behindOf ?? [], ([, cause]) => cause);
  }

  /**
   * Victims of the disturbances `causes`; with `step` also the failures of that step that have no disturbance.
   * A request that failed is not counted as delayed as well.
   */
  of(causes: readonly number[], step?: StepRun): VictimCount {
    const { requests, delayed } = this.#facts;
    if (requests === undefined) return NO_VICTIMS;
    const wanted = [...new Set(causes)];
    const slow = wanted.flatMap((cause) => delayed?.rowsOf.get(cause) ?? []);
    const unnamed =
      step === undefined ? [] : (this.#failuresOf.get(null) ?? []).filter((one) => one.step === step);
    const broken = [...wanted.flatMap((cause) => this.#failuresOf.get(cause) ?? []), ...unnamed];
    const failed = broken.flatMap(({ rows }) => rows);
    const counted = new Set(failed);
    const after = wanted
      .flatMap((cause) => this.#behind.get(cause) ?? [])
      .filter(([row]) => !counted.has(row));
    return { ...countsOf(requests, slow, failed, this.#facts), failedAfter: after.length };
  }
}

function countsOf(
  requests: RequestTable,
  slow: readonly number[],
  failed: readonly number[],
  { medianMs, budgetMs }: VictimFacts,
): Omit<VictimCount, 'failedAfter'> {
  const latency = (row: number): number => (requests.endMs[row] ?? 0) - (requests.intendedMs[row] ?? 0);
  return {
    delayed: slow.length,
    failed: failed.length,
    delayedSeconds: slow.reduce((sum, row) => sum + Math.max(0, latency(row) - medianMs), 0) / 1000,
    longestMs: [...slow, ...failed].reduce((most, row) => Math.max(most, latency(row)), 0),
    overBudget:
      budgetMs === null ? null : [...slow, ...failed].filter((row) => latency(row) > budgetMs).length,
    byScript: byScript(requests, slow, failed),
  };
}

function byScript(
  requests: RequestTable,
  slow: readonly number[],
  failed: readonly number[],
): ScriptVictims[] {
  const scriptOf = (row: number): string => `${requests.version[row] ?? 0} ${requests.script[row] ?? 0}`;
  const slowBy = groupBy(slow, scriptOf);
  const failedBy = groupBy(failed, scriptOf);
  const keys = new Set([...slowBy.keys(), ...failedBy.keys()]);
  return [...keys]
    .map((key) => {
      const [version = 0, script = 0] = key.split(' ').map(Number);
      const broken = failedBy.get(key) ?? [];
      const sqlstates = new Set(broken.map((row) => requests.outcomes[requests.outcome[row] ?? 0] ?? ''));
      return {
        version: requests.versions[version] ?? '',
        script: requests.scripts[version]?.[script] ?? '',
        delayed: slowBy.get(key)?.length ?? 0,
        failed: broken.length,
        sqlstates: [...sqlstates].sort(),
      };
    })
    .sort((a, b) => b.failed - a.failed || b.delayed - a.delayed || byName(a, b));
}

function byName(a: ScriptVictims, b: ScriptVictims): number {
  return `${a.version}/${a.script}` < `${b.version}/${b.script}` ? -1 : 1;
}
