import type { RequestTable } from '../../evidence/request-table.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { firstAbove } from '../../../shared/intervals/overlap-index.ts';
import type { StepRun } from '../step-runs.ts';
import { scriptOf, sqlstateOf, type BaselineErrors } from './baseline-errors.ts';
import { binomialTail } from './binomial.ts';

/** Probability, for one kind of error, that a plan which adds none of it is charged with some. */
export const ALPHA = 0.001;
/** Deadlocks and the ends of patience: who waited for the plan has it from there. */
const OF_WAITING = new Set(['40P01', '55P03', '57014']);

interface OwnFailureFacts {
  readonly requests: RequestTable;
  readonly steps: readonly StepRun[];
  readonly baseline: readonly BaselineErrors[];
  /** Index of what of the plan a request waited for. */
  readonly waitedFor: (row: number) => number | undefined;
}

/**
 * The failed requests since the plan began that the app's own rate of such errors explains, by script and SQLSTATE; nobody
 * is charged with them. With b errors in N requests of the baseline and a in n since then, a plan that adds nothing leaves a
 * binomially distributed of a + b with the share n / (n + N): the conditional test of two Poisson rates (Przyborowski and
 * Wilenski, 1940). It is made for the plan as a whole and from each step to the next, at ALPHA shared among them. Where it
 * finds more than the rate explains, as many as the rate explains, rounded down, are still the app's own.
 */
export function ownFailures(facts: OwnFailureFacts): ReadonlySet<number> {
  const own = new Set<number>();
  const begun = facts.steps.flatMap(({ window }) => (window === null ? [] : [window.fromMs]));
  if (facts.baseline.length === 0 || begun.length === 0) return own;
  const { requests } = facts;
  const rows: number[] = [];
  requests.endMs.forEach((endMs, row) => {
    if (endMs >= (begun[0] ?? 0)) rows.push(row);
  });
  const windowOf = (row: number): number =>
    firstAbove(begun, requests.endMs[row] ?? 0, (fromMs) => fromMs) - 1;
  const scripts = groupBy(rows, (row) => scriptOf(requests, row));
  const windows = new Map(
    [...scripts].map(([script, all]) => [script, splitBy(all, begun.length, windowOf)]),
  );
  for (const known of yardsticks(facts.baseline)) {
    for (const row of explained(known, windows.get(known.script) ?? [], facts)) own.add(row);
  }
  return own;
}

/** App versions that share a script share its yardstick. */
function yardsticks(baseline: readonly BaselineErrors[]): BaselineErrors[] {
  return [...groupBy(baseline, ({ script, sqlstate }) => `${sqlstate} ${script}`).values()].flatMap(
    ([first, ...others]) => (first === undefined ? [] : [others.reduce(added, first)]),
  );
}

function added(a: BaselineErrors, b: BaselineErrors): BaselineErrors {
  return { ...a, count: a.count + b.count, requests: a.requests + b.requests };
}

function splitBy(rows: readonly number[], count: number, windowOf: (row: number) => number): number[][] {
  const split: number[][] = Array.from({ length: count }, () => []);
  for (const row of rows) split[windowOf(row)]?.push(row);
  return split;
}

/** @param windows the script's requests, from each step to the next */
function explained(
  known: BaselineErrors,
  windows: readonly (readonly number[])[],
  { requests, waitedFor }: OwnFailureFacts,
): number[] {
  const failedOf = (rows: readonly number[]): number[] =>
    rows.filter((row) => sqlstateOf(requests, row) === known.sqlstate);
  const isMore = (rows: readonly number[]): boolean =>
    isAboveRate(failedOf(rows).length, rows.length, known, ALPHA / (windows.length + 1));
  const isMoreInAll = isMore(windows.flat());
  const hurt = windows.filter((rows) => isMoreInAll || isMore(rows));
  const mayBeOwn = (rows: readonly number[]): number[] =>
    failedOf(rows).filter((row) => !OF_WAITING.has(known.sqlstate) || waitedFor(row) === undefined);
  const expected = Math.floor((hurt.flat().length * known.count) / known.requests);
  return [
    ...windows.filter((rows) => !hurt.includes(rows)).flatMap(mayBeOwn),
    ...spread(mayBeOwn(hurt.flat()), expected),
  ];
}

function isAboveRate(errors: number, requests: number, known: BaselineErrors, alpha: number): boolean {
  if (errors === 0 || requests === 0) return false;
  const share = requests / (requests + known.requests);
  return binomialTail(errors, errors + known.count, share) < alpha;
}

/** `count` of them, evenly over all. */
function spread(rows: readonly number[], count: number): number[] {
  if (count >= rows.length) return [...rows];
  return Array.from({ length: count }, (_, place) => rows[Math.floor((place * rows.length) / count)] ?? 0);
}
