import type { Analysis } from '../analysis/analyse.ts';
import { cutOffs, type CutOff } from '../analysis/cut-offs.ts';
import { groupBy } from '../../shared/group-by.ts';
import { defined } from '../../plan/schema/defined.ts';
import { remedyOf } from '../of-plan/unfinished-remedy.ts';
import type { Result } from './contract/result.ts';
import type { InterruptionResult } from './contract/result-interruptions.ts';

type Interruptions = Pick<Result, 'interruptions'>;

/** Nothing where no step was to be cut off. */
export function interruptionResults(analysis: Analysis): Interruptions {
  if (!analysis.evidence.run.plan.some(({ cut }) => cut !== undefined)) return {};
  const { playing } = analysis.evidence;
  const plan = defined({ plan: playing?.planName });
  return { interruptions: cutOffs(analysis).map((cut) => ({ ...plan, ...interruptionResult(cut) })) };
}

/** Those of all playings, in the plan's order; of several repetitions the worst. */
export function combinedInterruptions(results: ReadonlyMap<number, Result>): Interruptions {
  const playings = [...results.values()].filter(({ interruptions }) => interruptions !== undefined);
  if (playings.length === 0) return {};
  const order = playings[0]?.steps.map(({ name }) => name) ?? [];
  const all = groupBy(
    playings.flatMap(({ interruptions = [] }) => interruptions),
    ({ plan, step, how }) => JSON.stringify([plan, how, step]),
  );
  const worst = [...all.values()].flatMap((own) => own.toSorted(worstFirst)[0] ?? []);
  return { interruptions: worst.toSorted((a, b) => order.indexOf(a.step) - order.indexOf(b.step)) };
}

function interruptionResult({ step, record, leftovers, beside }: CutOff): InterruptionResult {
  const { how, file, line, moment, error, serverWentOnMs, backfill, downs, command, advisoryLocks } = record;
  return {
    step: step.run.planned.name,
    how,
    file,
    line,
    ...(command === undefined ? {} : { statement: command.sql }),
    moment,
    serverWentOnMs,
    ...defined({ advisoryLocks }),
    ...(downs === undefined
      ? {}
      : { downMs: downs.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) }),
    secondTry: error === null ? 'ok' : (error.sqlstate ?? 'failed'),
    message: error?.message ?? null,
    leftovers: [
      ...(leftovers ?? []).map((object) => ({
        kind: object.kind,
        name: object.name,
        relation: object.relation,
        remedy: remedyOf(object),
      })),
      ...(command?.toolLocks ?? []).map(({ table, remedy }) => ({
        kind: 'tool-lock' as const,
        name: table,
        relation: '',
        remedy,
      })),
    ],
    cuts: backfill?.cuts ?? 1,
    rowsTwice: most(backfill?.rowsTwice, error === null ? unlike(beside, otherwise) : null),
    rowsLeftOut: most(
      backfill?.rowsLeftOut,
      error === null ? unlike(beside, ({ leftOut }) => leftOut) : null,
    ),
    ...(beside === null ? {} : { besideQuiet: beside.map((one) => ({ ...one })) }),
  };
}

type RowsBeside = NonNullable<NonNullable<CutOff['beside']>[number]['rows']>;

/** Over all tables; null where none was compared. */
function unlike(beside: CutOff['beside'], count: (rows: RowsBeside) => number): number | null {
  const compared = (beside ?? []).flatMap(({ rows }) => (rows === null ? [] : [rows]));
  return compared.length === 0 ? null : compared.reduce((sum, rows) => sum + count(rows), 0);
}

function otherwise({ unlike: all, leftOut }: RowsBeside): number {
  return all - leftOut;
}

/** By the transactions of its batches, and by what is there beside the quiet playing. */
function most(byBatches: number | null | undefined, bySight: number | null): number | null {
  const known = [byBatches, bySight].filter((count) => count != null);
  return known.length === 0 ? null : Math.max(...known);
}

function worstFirst(a: InterruptionResult, b: InterruptionResult): number {
  return (
    Number(a.secondTry === 'ok') - Number(b.secondTry === 'ok') ||
    b.leftovers.length - a.leftovers.length ||
    (b.rowsTwice ?? 0) - (a.rowsTwice ?? 0) ||
    (b.rowsLeftOut ?? 0) - (a.rowsLeftOut ?? 0)
  );
}
