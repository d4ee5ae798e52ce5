import type {
  OutsideLockRecord,
  PlannedStep,
  StepEvent,
} from '../../../scripts/artifacts/records/records.ts';
import type { SchemaRecord } from '../../../scripts/artifacts/records/of-plan/schema-records.ts';
import { PLAN_PID, type Size } from './size.ts';

/** When a statement holds its locks. */
export interface Hold {
  readonly step: string;
  readonly index: number;
  readonly fromMs: number;
  readonly toMs: number;
}

type Place = Pick<Hold, 'step' | 'index'>;

/** The table that is a statement's own. */
export function tableOf({ step, index }: Place): string {
  return `public.${step.replaceAll('-', '_')}_${index}`;
}

export function dropOf(place: Place): string {
  return `drop table ${tableOf(place)} cascade`;
}

/** A statement as the session of a command sent it, in a transaction of its own. */
export function sentBy({ step, index, fromMs, toMs }: Hold): StepEvent {
  const sql = `alter table ${tableOf({ step, index })} alter column id type bigint`;
  const times = { sentMs: fromMs, tMs: toMs - 1, releasedMs: toMs };
  return {
    type: 'command-statement',
    step,
    pid: PLAN_PID,
    ...times,
    sql,
    command: 'ALTER TABLE',
    error: null,
  };
}

/** Its lock, as looks from outside saw it. */
export function lockOf(hold: Hold): OutsideLockRecord {
  const { step, fromMs, toMs } = hold;
  const seen = { tMs: fromMs + 1, lastMs: Math.max(fromMs + 1, toMs - 1), goneMs: toMs + 1 };
  return {
    ...seen,
    pid: PLAN_PID,
    step,
    relation: tableOf(hold),
    mode: 'AccessExclusiveLock',
    granted: true,
  };
}

/** What the looks behind each step found: its tables are gone with their rows, or a command rewrote them. */
export function schemaOf(
  plan: readonly PlannedStep[],
  all: readonly Hold[],
  { isCommand = false }: Size,
  endMs: number,
): SchemaRecord[] {
  const names = plan.map(({ name }) => ({ name, own: all.filter(({ step }) => step === name).map(tableOf) }));
  return [
    { type: 'tables', tMs: 950, tables: all.map(tableOf) },
    ...names.map(({ name: step, own }): SchemaRecord => {
      const behind = { step, tMs: endMs };
      return isCommand
        ? {
            type: 'whole-tables',
            ...behind,
            tables: own.map((table) => ({ table, isRewritten: true, readRows: 0 })),
          }
        : {
            type: 'lost-rows',
            ...behind,
            tables: own.map((table) => ({ table, how: 'dropped', estimatedRows: 1000, rowsLeft: 0 })),
          };
    }),
  ];
}
