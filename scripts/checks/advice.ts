import { loadModule, type RangeVar } from 'libpg-query';
import type { RowKey } from '../artifacts/records/records.ts';
import { blocksTraffic } from '../pg/lock-modes.ts';
import { formatShortCount } from '../shared/text/format.ts';
import { alterTable, dropColumns } from './advice/alter-table/alter-table.ts';
import { bulkChanges } from './advice/bulk-changes.ts';
import { codeBlock } from './advice/code-block.ts';
import { commandAdvice, ofCommand } from './advice/command-advice.ts';
import { connectionSettings } from './advice/connection-settings.ts';
import { indexes } from './advice/indexes.ts';
import { lockTable } from './advice/lock-table.ts';
import { concurrentTimeout } from './advice/remedies/server-limits.ts';
import { remedyOf } from './advice/remedies/index.ts';
import { isInSeveralTransactions } from './advice/remedies/statement-words.ts';
import {
  advisoryAdvice,
  analysedInsideAdvice,
  queueAdvice,
  queueEffect,
  tooLongByItself,
  transactionAdvice,
} from './advice/queue.ts';
import { movedToSchema } from './advice/moved-schema.ts';
import { renames, viewsOfRenamed } from './advice/renames.ts';
import { rewrites } from './advice/rewrites.ts';
import type { Advice, AdviceFacts, AdviceRule } from './advice/rule.ts';
import { StatementTree } from '../pg/sql/statement-tree.ts';
import type { Analysis } from './analysis/analyse.ts';
import { ranBy } from './analysis/commands/sent-statements.ts';
import type { AppTrouble } from './of-app/app-trouble.ts';
import { matrixStates } from './analysis/matrix.ts';
import { analyses, typeChange } from './analysis/slower/statistics-gaps.ts';
import type { StatementAnalysis } from './analysis/statements.ts';
import type { HeldLocks } from './analysis/waits/held-locks.ts';
import { behindWhom } from './stops/behind.ts';
import { blocksItself, SELF_BLOCK_ADVICE } from './of-plan/locks/blocked-by.ts';
import { queueOf } from './of-plan/locks/failed-in-queue.ts';
import { ownLockTimeout, withOwnLine } from './settings/overridden.ts';
import { waitsBy } from './settings/waits-by.ts';
import type { Stop } from './stops/stops.ts';
import { shortRelation } from './wording.ts';

const RULES: readonly AdviceRule[] = [
  alterTable,
  renames,
  movedToSchema,
  indexes,
  bulkChanges,
  rewrites,
  lockTable,
  codeBlock,
  connectionSettings,
];
/** Those that speak of names and types, which versions of the app use. */
const NAME_RULES: readonly AdviceRule[] = [dropColumns, viewsOfRenamed, renames, movedToSchema, changedTypes];

/** Why advice is asked for: it waited in the queue, it held a lock, or the app got slow. */
type Why = 'wait' | 'hold' | 'slow';

/** ALTER TYPE: an operator or function may be there for the old type only. */
function changedTypes(statement: StatementTree, facts: AdviceFacts): Advice | undefined {
  return typeChange(statement.text(0)) === undefined ? undefined : alterTable(statement, facts);
}

/** What a lock, or the want of a connection, does to a request; everything else fails for the schema or its rows. */
const BY_LOCKS = /^(55P03|57014|53300|lost|unfinished|queued|08...|57P0.|25P0[34])$/;
/** undefined_column, undefined_table, undefined_function, undefined_object, invalid_schema_name. */
const NAMES_GONE = /^(42703|42P01|42883|42704|3F000)$/;

/** grouping_error, wrong_object_type, feature_not_supported, object_not_in_prerequisite_state. */
const NOT_OF_VIEWS = /^(42803|42809|0A000|55000)$/;

/** Must have been awaited once before `advise`. */
export async function loadAdvice(): Promise<void> {
  await loadModule();
}

/** What to write instead; empty where nothing better is known. */
export function advise(stop: Stop, analysis: Analysis, why: Why): Partial<Advice> {
  const { statement } = stop;
  if (blocksItself(stop.step)) return { advice: SELF_BLOCK_ADVICE };
  if (wantedAdvisory(stop)) return advisoryAdvice();
  if (statement === null) return stepAdvice(stop, analysis, why);
  // Where its locks made nobody wait for long, only what it did can have made others slow.
  if (why === 'slow' && !delayedByLocks(stop, analysis)) return ownAdvice(statement, analysis, stop) ?? {};
  if (why === 'wait' || (why === 'slow' && stop.blockingWaitMs > stop.blockingHoldMs)) {
    const { budgets } = analysis.evidence.run;
    const behind = behindWhom(stop, analysis.company);
    if (isInSeveralTransactions(statement.record.sql))
      return { effect: null, advice: concurrentTimeout.instead, insteadSql: null };
    const isLast = stop.step.run.statements.at(-1)?.index === statement.record.index;
    const { advice: again } = isLast ? queueOf(stop.step, analysis) : { advice: null };
    if (again !== null) return { effect: queueEffect(behind), advice: again, insteadSql: null };
    return queueAdvice(statement.record.sql, behind, budgets.lockWaitMs, waitsBy(stop));
  }
  const own = afterMending(ownAdvice(statement, analysis, stop), statement);
  if (isAnalysedInside(statement, stop)) return analysedInsideAdvice();
  const kept = keptByTransaction(statement);
  if (kept === undefined) return own ?? {};
  // LOCK TABLE and the like are known to be kept on purpose: their own advice says so already.
  if (own !== undefined && 'LockStmt' in (treeOf(statement)?.node ?? {})) return own;
  const { lockHoldMs, lockWaitMs } = analysis.evidence.run.budgets;
  const isOverBudget = kept.ownMs > Math.min(lockHoldMs ?? Infinity, lockWaitMs ?? Infinity);
  return isOverBudget ? tooLongByItself(own, kept.ownMs) : transactionAdvice();
}

/** Requests that waited for its locks were delayed, or waited longer than the budget for p99. */
export function delayedByLocks({ victims, longestAppWaitMs }: Stop, { evidence }: Analysis): boolean {
  return victims.delayed > 0 || longestAppWaitMs > (evidence.run.budgets.p99Ms ?? Infinity);
}

/** Those who stood still because of it wanted an advisory lock, and no relation. */
function wantedAdvisory({ statement, step }: Stop): boolean {
  const { relations, locktypes } = (statement ?? step).blocked;
  return relations.length === 0 && /^(advisory|userlock)$/.test(locktypes[0] ?? '');
}

/** What to do about requests that failed: what failed for its schema gets no advice on locks. */
export function adviseBroken(
  trouble: AppTrouble,
  stop: Stop | undefined,
  analysis: Analysis,
): Partial<Advice> {
  const { sqlstate, hint } = trouble;
  if (BY_LOCKS.test(sqlstate)) {
    if (stop === undefined) return {};
    return stop.statement === null
      ? stepAdvice(stop, analysis, 'hold')
      : (ownAdvice(stop.statement, analysis, stop) ?? {});
  }
  const remedy = remedyOf(trouble);
  const rules = NAMES_GONE.test(sqlstate) ? NAME_RULES : NOT_OF_VIEWS.test(sqlstate) ? [viewsOfRenamed] : [];
  const named = stop?.statement ? ownAdvice(stop.statement, analysis, stop, rules) : undefined;
  const found: Partial<Advice> | undefined =
    remedy?.isGeneral === true ? (named ?? remedy) : (remedy ?? named);
  const own = stop === undefined ? undefined : ownLockTimeout(stop.step.run, stop.statement?.record);
  const told = [
    found?.advice && withOwnLine(found.advice, own),
    hint === null ? undefined : `PostgreSQL's own hint: ${hint}`,
  ];
  const advice = told.filter((text) => text !== undefined).join(' ');
  if (advice === '') return {};
  return { effect: found?.effect ?? null, advice, insteadSql: found?.insteadSql ?? null };
}

function ownAdvice(
  statement: Pick<StatementAnalysis, 'record' | 'held'>,
  analysis: Analysis,
  stop: Stop,
  rules: readonly AdviceRule[] = RULES,
): Advice | undefined {
  const tree = treeOf(statement);
  if (tree === undefined) return undefined;
  const facts = factsOf(statement, analysis, stop);
  for (const rule of rules) {
    const advice = rule(tree, facts);
    if (advice !== undefined) return advice;
  }
  return undefined;
}

/** integrity_constraint_violation */
const REFUSED = /^23/;

/** Of a statement that rows refused: no other way of writing it goes through before they are mended. */
function afterMending(own: Advice | undefined, { record }: StatementAnalysis): Advice | undefined {
  if (own === undefined || !REFUSED.test(record.error?.sqlstate ?? '')) return own;
  const { advice, insteadSql } = own;
  return {
    ...own,
    advice: `Mend the rows that refuse it first; then: ${advice.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`,
    insteadSql:
      insteadSql === null ? null : `-- after a step that mends the rows which refuse it:\n${insteadSql}`,
  };
}

function treeOf({ record }: Pick<StatementAnalysis, 'record'>): StatementTree | undefined {
  return StatementTree.parse(record.sql);
}

/** How long the statement itself held its lock, where more than half of the hold came after its own answer; else undefined. */
function keptByTransaction({ tries }: StatementAnalysis): { readonly ownMs: number } | undefined {
  const longest = tries.toSorted((a, b) => b.holdMs - a.holdMs)[0];
  if (longest === undefined || longest.record.capture !== 'transaction') return undefined;
  const keptMs = longest.record.releasedMs - longest.record.respondedMs;
  return keptMs > longest.holdMs / 2 ? { ownMs: longest.holdMs - keptMs } : undefined;
}

/** It changes a type, and an ANALYZE of its table follows in its transaction: apart, everybody would plan without statistics. */
function isAnalysedInside({ record }: StatementAnalysis, { step }: Stop): boolean {
  const change = record.error === null ? typeChange(record.sql) : undefined;
  if (change === undefined) return false;
  const later = step.run.statements.filter(({ index, pid }) => index > record.index && pid === record.pid);
  return later.some(
    ({ sql, respondedMs }) => analyses(sql, change.table) && respondedMs <= record.releasedMs,
  );
}

function factsOf(
  { record, held }: Pick<StatementAnalysis, 'record' | 'held'>,
  analysis: Analysis,
  { step }: Stop,
): AdviceFacts {
  const tables = new Map(
    analysis.evidence.snapshot?.tables.map(({ name, rows }) => [shortRelation(name), rows]),
  );
  const others = ranBy(step.run).filter(({ index }) => index !== record.index);
  const broken = matrixStates(analysis).filter(
    (state) => state.step === step.run && state.live && !state.record.ok && state.isNew,
  );
  return {
    rewrote: record.rewrote,
    rows: record.rows,
    sizeOf: (relation) => {
      const rows = tables.get(shortRelation(relation.replaceAll('"', '')));
      return rows === undefined ? '' : ` (${formatShortCount(rows)} rows)`;
    },
    isPartitioned: (relation) => {
      const name = shortRelation(relation.replaceAll('"', ''));
      return held.wholes
        .map(shortRelation)
        .some((whole) => whole === name || (!name.includes('.') && whole.endsWith(`.${name}`)));
    },
    lockedTables: [
      ...new Set(record.newLocks.filter(({ mode }) => blocksTraffic(mode)).map(({ relation }) => relation)),
    ].filter((relation) => tables.has(shortRelation(relation))).length,
    touchesPartitions: held.wholes.length > 0,
    sharesTransaction: others.some(
      ({ pid, releasedMs }) => pid === record.pid && releasedMs === record.releasedMs,
    ),
    beside: others.map(({ sql }) => sql),
    movedOf: (relation, column) =>
      analysis.evidence.snapshot?.moved?.find(
        (one) => one.column === column && isCalled(relation, one.relation, held),
      ),
    renamedOf: (relation) =>
      analysis.evidence.snapshot?.renamed?.find((one) => isCalled(relation, one.relation, held)),
    keyOf: (relation) => keyOf(relation, held, analysis.evidence.snapshot?.keys ?? []),
    brokenVersions: [...new Set(broken.map((state) => state.record.version))],
  };
}

function isCalled({ schemaname, relname = '' }: RangeVar, whole: string, held: HeldLocks): boolean {
  if (schemaname !== undefined) return whole === `${schemaname}.${relname}`;
  const isLocked = held.isEmpty || held.has(whole);
  return isLocked && whole.slice(whole.indexOf('.') + 1) === relname;
}

/** An unqualified name is that of the schema where the statement locked it, or of the only table that is called so. */
function keyOf(
  { schemaname, relname = '' }: RangeVar,
  held: HeldLocks,
  keys: readonly RowKey[],
): readonly string[] | undefined {
  const isCalledSo = (name: string): boolean =>
    schemaname === undefined
      ? name.slice(name.indexOf('.') + 1) === relname
      : name === `${schemaname}.${relname}`;
  const locked = new Set(held.called(relname).filter(isCalledSo));
  const fitting = keys.filter(({ relation }) =>
    locked.size === 0 ? isCalledSo(relation) : locked.has(relation),
  );
  return locked.size > 1 || fitting.length > 1 ? undefined : fitting[0]?.columns;
}

function stepAdvice(stop: Stop, analysis: Analysis, why: Why): Partial<Advice> {
  const { step, sent } = stop;
  switch (step.run.planned.kind) {
    case 'backfill':
      return {
        advice:
          'Make its batches shorter with batchTarget, or let it pause while the app is slow with throttle: { p99: … }.',
      };
    case 'command':
      return ofCommand(
        commandAdvice(step.run, analysis),
        why === 'wait' || sent === null ? undefined : ownAdvice(sent, analysis, stop),
      );
    case 'deploy':
      return {
        advice:
          'Move the traffic over a longer time, so that new connections and plans do not come all at once.',
      };
    case 'sql':
    case 'soak':
    case 'verify':
    case 'maintenance':
      return {};
  }
}
