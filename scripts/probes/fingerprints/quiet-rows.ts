import { randomBytes } from 'node:crypto';
import type { Scenario } from '../../plan/model.ts';
import type { HashedRows } from './compare-rows.ts';
import type { TableLook } from './plan-look.ts';

/** One table around one step of the quiet playing. */
export interface QuietTable {
  readonly look: TableLook;
  /** One in so many rows. */
  readonly oneIn: number;
  readonly start: ReadonlySet<bigint> | undefined;
  readonly before: HashedRows | undefined;
  readonly after: HashedRows;
}

/**
 * What the steps of the quiet playings left in their tables, for as long as the run's process lives: nothing of it is written
 * down. Each plan has its own.
 */
export class QuietRows {
  /** Of the hashes: without it nobody can tell which value one belongs to. */
  readonly seed = randomBytes(8).readBigInt64LE().toString();
  readonly #steps = new Map<string, readonly QuietTable[]>();

  keep({ planName }: Scenario, step: string, tables: readonly QuietTable[]): void {
    this.#steps.set(keyOf(planName, step), tables);
  }

  /** Undefined where the step did not end in a quiet playing of this process. */
  of({ planName }: Scenario, step: string): readonly QuietTable[] | undefined {
    return this.#steps.get(keyOf(planName, step));
  }
}

/** The steps of a quiet playing that another scenario of the same plan cuts off; none of every other playing. */
export function stepsToKeep(scenario: Scenario, all: readonly Scenario[]): ReadonlySet<string> {
  const isQuiet =
    scenario.backFrom === undefined && scenario.interruption === undefined && scenario.actors.length === 0;
  if (!isQuiet) return new Set();
  const cuts = all.filter(({ planName }) => planName === scenario.planName);
  return new Set(cuts.flatMap(({ interruption }) => interruption?.steps ?? []));
}

function keyOf(planName: string | undefined, step: string): string {
  return JSON.stringify([planName, step]);
}
