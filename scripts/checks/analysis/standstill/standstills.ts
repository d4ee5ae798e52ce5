import { blocksTraffic, lockStrength } from '../../../pg/lock-modes.ts';
import type { StepAnalysis } from '../analyse.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { merged, type Interval } from '../../../shared/intervals/intervals.ts';
import type { FirstNames } from './table-names.ts';

/** What cannot go on: `all` = not even reads, under ACCESS EXCLUSIVE. */
export type Stopped = 'all' | 'writes';

/** A table of before the plan that a step kept from others without a break, waiting for its lock or holding it. */
export interface Standstill extends Interval {
  /** `schema.name` before the plan; a partition by its topmost table. */
  readonly table: string;
  readonly stopped: Stopped;
  /** Which of its partitions, where it was not locked as a whole. */
  readonly partitions: readonly string[];
  /** Position of the statement that began it; null where the step has none. */
  readonly statement: number | null;
  readonly mode: string;
}

interface Blocking extends Interval {
  readonly table: string;
  /** The partition, where it is one. */
  readonly partition: string | undefined;
  readonly mode: string;
  readonly statement: number | null;
}

/** Every stretch of a step in which a table stood still, in the order of time. */
export function standstills(step: StepAnalysis, names: FirstNames): Standstill[] {
  const blocking = blockingOf(step, names);
  return [...groupBy(blocking, ({ table }) => table)].flatMap(([table, own]) => [
    ...stretches(
      table,
      'all',
      own.filter(({ mode }) => stopsReads(mode)),
    ),
    ...stretches(table, 'writes', own),
  ]);
}

function stopsReads(mode: string): boolean {
  return lockStrength(mode) === lockStrength('AccessExclusiveLock');
}

function stretches(table: string, stopped: Stopped, own: readonly Blocking[]): Standstill[] {
  return merged(own).map(({ fromMs, toMs }) => {
    const within = own.filter((one) => one.fromMs >= fromMs && one.toMs <= toMs);
    const strongest = within.toSorted((a, b) => lockStrength(b.mode) - lockStrength(a.mode))[0];
    const first = within.toSorted((a, b) => a.fromMs - b.fromMs)[0];
    const partitions = new Set(within.map(({ partition }) => partition));
    return {
      table,
      stopped,
      fromMs,
      toMs,
      partitions: partitions.has(undefined) ? [] : [...partitions].filter((name) => name !== undefined),
      statement: first?.statement ?? null,
      mode: strongest?.mode ?? '',
    };
  });
}

function blockingOf(step: StepAnalysis, names: FirstNames): Blocking[] {
  const index = step.run.index - 1;
  const found: Blocking[] = [];
  const add = (
    { relation, partitionOf, mode }: { relation: string; partitionOf?: string | undefined; mode: string },
    { fromMs, toMs }: Interval,
    statement: number | null,
  ) => {
    const whole = partitionOf === undefined ? undefined : names.during(partitionOf, index);
    const table = whole ?? names.during(relation, index);
    if (table === undefined || !blocksTraffic(mode)) return;
    found.push({ table, partition: whole && relation, mode, fromMs, toMs, statement });
  };
  for (const { record, held, spans, waits } of step.tries) {
    for (const span of spans) add(span, span, record.index);
    for (const { wait, fromMs, toMs } of waits) {
      const { relation, locktype, mode } = wait;
      if (relation === null || locktype !== 'relation') continue;
      add({ relation, partitionOf: held.wholeOf(relation), mode }, { fromMs, toMs }, record.index);
    }
  }
  for (const span of step.outsideLocks) add(span, span, null);
  return found;
}
