import type { Result } from '../../../checks/result/contract/result.ts';
import { lockStrength } from '../../../pg/lock-modes.ts';
import { shortName } from '../../facts/facts.ts';

export type LockBar = Result['timeline']['locks'][number];

/** What a lock does to the app: past its budget, all traffic, writes only, nothing. */
export type LockTone = 'over' | 'stops' | 'writes' | 'lets';

/** The locks on one relation; the last row may stand for several. */
export interface LockRow {
  readonly name: string;
  readonly bars: readonly { readonly bar: LockBar; readonly tone: LockTone }[];
}

/** From SHARE on a lock stops writes, and ACCESS EXCLUSIVE reads as well (PostgreSQL's manual, table 13.2). */
const STOPS_WRITES = lockStrength('ShareLock');
const STOPS_ALL = lockStrength('AccessExclusiveLock');
const DEFAULT_LIMIT_MS = 500;
const TONES: readonly LockTone[] = ['lets', 'writes', 'stops', 'over'];

/** One row a relation, the one that was stopped longest first; the weakest locks are drawn first. */
export function lockRows(result: Result, most: number): LockRow[] {
  const limitMs = limitOf(result);
  const byRelation = new Map<string, LockBar[]>();
  for (const bar of result.timeline.locks) {
    const bars = byRelation.get(bar.relation) ?? [];
    bars.push(bar);
    byRelation.set(bar.relation, bars);
  }
  const ranked = [...byRelation].toSorted(
    ([, a], [, b]) => weightOf(b) - weightOf(a) || lengthOf(b) - lengthOf(a),
  );
  const row = (name: string, bars: readonly LockBar[]): LockRow => ({
    name,
    bars: bars
      .map((bar) => ({ bar, tone: toneOf(bar, limitMs) }))
      .sort((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone)),
  });
  if (ranked.length <= most) return ranked.map(([name, bars]) => row(shortName(name), bars));
  const others = ranked.slice(most - 1);
  return [
    ...ranked.slice(0, most - 1).map(([name, bars]) => row(shortName(name), bars)),
    row(
      `${others.length} others`,
      others.flatMap(([, bars]) => bars),
    ),
  ];
}

function weightOf(bars: readonly LockBar[]): number {
  return lengthOf(bars.filter(({ mode }) => lockStrength(mode) >= STOPS_WRITES));
}

function lengthOf(bars: readonly LockBar[]): number {
  return bars.reduce((sum, { waitFromMs, toMs }) => sum + toMs - waitFromMs, 0);
}

function toneOf({ mode, waitFromMs, toMs }: LockBar, limitMs: number): LockTone {
  const strength = lockStrength(mode);
  if (strength < STOPS_WRITES) return 'lets';
  if (toMs - waitFromMs > limitMs) return 'over';
  return strength >= STOPS_ALL ? 'stops' : 'writes';
}

/** A lock that stops the app for longer than this is told apart from the short ones. */
export function limitOf(result: Result): number {
  const budgets = result.checks.flatMap(({ id, budget }) =>
    (id === 'lockWait' || id === 'lockHold') && budget !== null ? [budget] : [],
  );
  return budgets.length === 0 ? DEFAULT_LIMIT_MS : Math.min(...budgets);
}
