import { lastLookMs } from '../../../artifacts/records/sighting-records.ts';
import type { Analysis } from '../analyse.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { firstAbove, OverlapIndex } from '../../../shared/intervals/overlap-index.ts';
import type { FirstNames } from './table-names.ts';

interface AppWait extends Interval {
  /** Undefined of what is no table of before the plan, such as an index. */
  readonly table: string | undefined;
}

/** Every wait of the app for a lock on a relation. */
export class AppWaits {
  /** By table; for what is no table of before the plan under undefined. */
  readonly #waits: ReadonlyMap<string | undefined, OverlapIndex<AppWait>>;

  constructor({ evidence, steps }: Analysis, names: FirstNames) {
    const wholes = new Map(
      steps
        .flatMap(({ run }) => run.statements.flatMap(({ newLocks }) => newLocks))
        .flatMap(({ relation, partitionOf }) => (partitionOf === undefined ? [] : [[relation, partitionOf]])),
    );
    const seen = (evidence.waits ?? []).map((wait) => ({
      ...wait,
      fromMs: wait.sinceMs,
      toMs: lastLookMs(wait),
    }));
    const told = (evidence.exactWaits ?? []).filter((record) => record.type === 'wait');
    const begun = steps.flatMap(({ run: { window } }, index) =>
      window === null ? [] : [{ index, fromMs: window.fromMs }],
    );
    const waits = [...seen, ...told]
      .filter(({ role, locktype }) => role === 'app' && locktype === 'relation')
      .map(({ relation, fromMs, toMs }) => {
        const index = begun[firstAbove(begun, toMs, ({ fromMs: ms }) => ms) - 1]?.index ?? 0;
        const name = relation === null ? undefined : (wholes.get(relation) ?? relation);
        return {
          fromMs,
          toMs,
          table: name === undefined ? undefined : names.during(name, index),
        };
      });
    const byTable = groupBy(waits, ({ table }) => table);
    this.#waits = new Map([...byTable].map(([table, own]) => [table, new OverlapIndex(own)]));
  }

  /** Whether any lay within that time; one for what is no table may have been for an index of this one. */
  haveAny(table: string, within: Interval): boolean {
    return [table, undefined].some((name) => this.#waits.get(name)?.has(within) === true);
  }
}
