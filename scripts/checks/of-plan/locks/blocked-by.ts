import { formatMs } from '../../../shared/text/format.ts';
import type { Analysis, StepAnalysis } from '../../analysis/analyse.ts';
import type { Blocker } from '../../analysis/waits/blockers.ts';
import type { Clipped } from '../../analysis/waits/holds.ts';
import { largest } from '../../analysis/largest.ts';
import { blockerTitle } from '../../stops/behind.ts';
import { waitedForWhat } from '../../wait-kind.ts';

/** A wait that went on for less than this share of what it is to explain does not explain it. */
const TELLING_SHARE = 0.5;
/** So long before the end a wait may have been seen last. */
const NEAR_END_MS = 500;
const MOST_QUERY = 160;

/**
 * ` It waited 11.5 s for an older transaction to end, behind …`: why a step, or its statement that failed, stood still. Empty
 * where it did not, or went on afterwards.
 */
export function stoodBehind(step: StepAnalysis, analysis: Analysis): string {
  const last = step.statements.findLast(({ record }) => record.error !== null);
  const tried = last?.tries.at(-1);
  if (last !== undefined && tried !== undefined) {
    const { sentMs, respondedMs } = tried.record;
    return standstill(tried.waits, last.blockers, { fromMs: sentMs, toMs: respondedMs }, analysis);
  }
  const { window } = step.run;
  if (window === null || step.outside === null) return '';
  return standstill(step.outside.waits, step.outside.blockers, window, analysis);
}

function standstill(
  waits: readonly Clipped[],
  blockers: readonly Blocker[],
  during: { readonly fromMs: number; readonly toMs: number },
  analysis: Analysis,
): string {
  const [longest] = waits.toSorted((a, b) => lengthMs(b) - lengthMs(a));
  if (longest === undefined) return '';
  const isLast = longest.toMs >= during.toMs - NEAR_END_MS;
  if (!isLast && lengthMs(longest) < (during.toMs - during.fromMs) * TELLING_SHARE) return '';
  const behind = behindSentence(blockers, longest.toMs, analysis);
  return ` It waited ${formatMs(lengthMs(longest))} for ${waitedForWhat(longest.wait)}${behind}.`;
}

/** The step's own program kept its sessions waiting for each other. */
export function blocksItself({ run, outside }: StepAnalysis): boolean {
  const roots = worth((outside?.blockers ?? []).filter(({ isRoot }) => isRoot));
  return run.planned.kind === 'command' && roots[0]?.role === 'command';
}

export const SELF_BLOCK_ADVICE =
  'The tool waits for itself: let it end the transaction of its other session before this statement, or take its own lock with pg_advisory_lock outside of a transaction, on the session that works.';

/** `, behind psql, idle in transaction for 3.20 s, which ran: select $1`; with all that is between, as a chain. */
export function behindSentence(blockers: readonly Blocker[], atMs: number, { company }: Analysis): string {
  const roots = worth(blockers.filter(({ isRoot }) => isRoot));
  const [root] = roots.length > 0 ? roots : worth(blockers);
  if (root === undefined) return '';
  const between = worth(blockers.filter(({ level, isRoot }) => !isRoot && level < root.level));
  const names = [
    ...new Set(between.toSorted((a, b) => a.level - b.level).map((one) => blockerTitle(one, company))),
  ];
  const chain = names.map((name) => `, behind ${name}, which waited itself`).join('');
  return `${chain}, behind ${titleOf(root, company)}${stateOf(root, atMs)}${ranOf(root)}`;
}

/** Only sessions of the command that is running are of the role `command`. */
function titleOf(blocker: Blocker, company: Analysis['company']): string {
  const title = blockerTitle(blocker, company);
  return blocker.role === 'command' ? `another session of ${title} itself` : title;
}

/** Whoever of the app was just being answered stands in the way as well, for a moment. */
function worth(blockers: readonly Blocker[]): Blocker[] {
  const others = blockers.filter(({ role }) => role !== 'app');
  const likely = others.length > 0 ? others : blockers;
  const longestMs = largest(likely.map(({ ms }) => ms));
  return likely.filter(({ ms }) => ms >= longestMs / 2).toSorted((a, b) => b.ms - a.ms);
}

function stateOf({ state, transactionSinceMs }: Blocker, atMs: number): string {
  if (state === null) return '';
  const ageMs = transactionSinceMs === undefined ? null : Math.max(0, atMs - transactionSinceMs);
  return `, ${state}${ageMs === null ? '' : `, its transaction ${formatMs(ageMs)} old by then`}`;
}

function ranOf({ query, state }: Blocker): string {
  if (query === null || query === '') return '';
  const said = query.length > MOST_QUERY ? `${query.slice(0, MOST_QUERY)}…` : query;
  return `, which ${state === 'active' ? 'runs' : 'last ran'}: ${said}`;
}

function lengthMs({ fromMs, toMs }: Clipped): number {
  return toMs - fromMs;
}
