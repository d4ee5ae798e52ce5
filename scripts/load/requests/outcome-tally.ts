import type { Outcome } from './request-run.ts';
import type { Choice } from '../traffic/traffic-mix.ts';

/** How often one script of one version, both as indexes, has ended so since the load started. */
export interface OutcomeCount {
  readonly version: number;
  readonly script: number;
  readonly outcome: Outcome;
  readonly count: number;
}

/** Counts requests by script and outcome. */
export class OutcomeTally {
  readonly #counts = new Map<string, OutcomeCount>();

  add({ version, script }: Pick<Choice, 'version' | 'script'>, outcome: Outcome, count = 1): void {
    const key = `${version} ${script} ${outcome}`;
    const before = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { version, script, outcome, count: before + count });
  }

  counts(): OutcomeCount[] {
    return [...this.#counts.values()];
  }
}

/** Those of several processes as one. */
export function mergeOutcomes(parts: readonly (readonly OutcomeCount[])[]): OutcomeCount[] {
  const tally = new OutcomeTally();
  for (const one of parts.flat()) tally.add(one, one.outcome, one.count);
  return tally.counts();
}
