import type { RunLine } from '../lines/history-line.ts';

/** Beyond so many, an earlier run says more of the past than of the host. */
const LARGEST_WINDOW = 40;
/** Nightly snapshots grow; beyond a fifth, a figure may well change with the data. */
const SIMILAR_SIZE = 1.2;

/** How two runs differ that makes their figures incomparable, as clauses; none = they are alike. */
export function unlike(a: RunLine, b: RunLine): string[] {
  return [
    ...(a.planSha256 === b.planSha256 ? [] : ['another plan']),
    ...(a.machine?.class === b.machine?.class ? [] : ['another class of machine']),
    ...(a.target === b.target ? [] : ['another target']),
    ...(JSON.stringify(a.load) === JSON.stringify(b.load) ? [] : ['another load']),
    ...(sameSettings(a, b) ? [] : ['other settings']),
    ...(major(a) === major(b) ? [] : ['another major version of PostgreSQL']),
    ...(hasSimilarSize(a, b) ? [] : ['a snapshot of another size']),
  ];
}

/** Judged runs of the same rehearsal before `run` that its figures can be held against; oldest first. */
export function earlierLike(runs: readonly RunLine[], run: RunLine): RunLine[] {
  return before(runs, run)
    .filter((other) => other.verdict === 'pass' || other.verdict === 'fail')
    .filter((other) => unlike(other, run).length === 0)
    .slice(-LARGEST_WINDOW);
}

/** What a run is held against. */
export interface LastGood {
  readonly line: RunLine;
  /** Whose it is, such as `of main`. */
  readonly whose: string;
}

/**
 * The newest run before `run` that passed with the same plan: of the branch that `run` is to go into, and of any where that has
 * none or is not known, which `whose` then says.
 * @param base branch that `run` is to go into; null = not known
 */
export function lastGood(runs: readonly RunLine[], run: RunLine, base: string | null): LastGood | undefined {
  const good = before(runs, run).filter(
    ({ verdict, planSha256 }) => verdict === 'pass' && planSha256 === run.planSha256,
  );
  const last = good.at(-1);
  if (last === undefined) return undefined;
  if (base === null) return { line: last, whose: 'of any branch' };
  const ofBase = good.findLast(({ branch }) => branch === base);
  if (ofBase !== undefined) return { line: ofBase, whose: `of ${base}` };
  return { line: last, whose: `of ${last.branch ?? 'a branch not known'}, since ${base} has none` };
}

function before(runs: readonly RunLine[], run: RunLine): RunLine[] {
  return runs
    .filter(({ rehearsal, runId }) => rehearsal === run.rehearsal && runId !== run.runId)
    .filter(({ startedAt }) => startedAt < run.startedAt)
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function sameSettings(a: RunLine, b: RunLine): boolean {
  const names = new Set([...Object.keys(a.settings), ...Object.keys(b.settings)]);
  return [...names].every((name) => a.settings[name] === b.settings[name]);
}

function major({ postgresVersion }: RunLine): string | undefined {
  return postgresVersion?.split('.')[0];
}

function hasSimilarSize(a: RunLine, b: RunLine): boolean {
  if (a.snapshot === null || b.snapshot === null) return a.snapshot === b.snapshot;
  const [small = 0, large = 0] = [a.snapshot.bytes, b.snapshot.bytes].sort((x, y) => x - y);
  return large <= small * SIMILAR_SIZE;
}
