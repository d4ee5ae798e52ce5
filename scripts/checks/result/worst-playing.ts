import { groupBy } from '../../shared/group-by.ts';
import type { Finding, Result } from './contract/result.ts';

type Check = Result['checks'][number];

const WORST_FIRST: readonly Check['status'][] = ['fail', 'inconclusive', 'warn', 'pass', 'not-judged'];

/** One playing of the plan. */
export interface Playing {
  readonly index: number;
  readonly result: Result;
}

/** Of two measurements of one check, is the first one worse? What was not measured is no worse than what was. */
function isWorse(check: Check | undefined, a: number | null, b: number | null): boolean {
  if (a === null || b === null) return b === null && a !== null;
  return check?.better === 'higher' ? a < b : a > b;
}

/** How much of a budget was used up, at its worst over all checks: 1 = all of it. */
export function nearness({ checks }: Pick<Result, 'checks'>): number {
  const used = checks.flatMap(({ better, measured, budget }) => {
    if (measured === null || budget === null) return [];
    const share = better === 'higher' ? budget / measured : measured / budget;
    return Number.isFinite(share) ? [share] : [];
  });
  return Math.max(0, ...used);
}

/** Each version's latencies in the playing in which its p99 was the highest, and which one that was. */
export function worstTraffic(playings: readonly Playing[]): Result['traffic'] {
  const all = playings.flatMap(({ index, result }) =>
    Object.entries(result.traffic).map(([version, latency]) => ({ version, latency, playing: index })),
  );
  const byVersion = groupBy(all, ({ version }) => version);
  return Object.fromEntries(
    [...byVersion].flatMap(([version, own]) => {
      const [worst] = own.toSorted((a, b) => b.latency.p99Ms - a.latency.p99Ms);
      return worst === undefined ? [] : [[version, { ...worst.latency, playing: worst.playing }]];
    }),
  );
}

/** What all playings were found to do, each finding as it stands in the worst of them, and which one that was. */
export function worstFindings(playings: readonly Playing[]): Finding[] {
  const found = playings.flatMap(({ index, result }) =>
    result.findings.map((finding) => {
      const check = result.checks.find(({ id }) => id === finding.check);
      return { finding: { ...finding, playing: index }, check };
    }),
  );
  const same = groupBy(found, ({ finding: { check, step, statement } }) =>
    JSON.stringify([check, step, statement]),
  );
  return [...same.values()].flatMap((own) => {
    const [first, ...others] = own;
    if (first === undefined) return [];
    const worst = others.reduce((a, b) => {
      const by = WORST_FIRST.indexOf(b.finding.status) - WORST_FIRST.indexOf(a.finding.status);
      return by < 0 || (by === 0 && isWorse(b.check, b.finding.measured, a.finding.measured)) ? b : a;
    }, first);
    return [worst.finding];
  });
}

/** Every check as it came out at its worst: by status, then by what was measured, with the playing in which it did. */
export function worstChecks(playings: readonly Playing[]): Check[] {
  const all = playings.flatMap(({ index, result }) =>
    result.checks.map((check): Check => ({ ...check, playing: index })),
  );
  const ids = [...new Set(all.map(({ id }) => id))];
  return ids.flatMap((id) => {
    const own = all.filter((check) => check.id === id);
    const [first, ...others] = own;
    if (first === undefined) return [];
    return others.reduce((worst, check) => {
      const by = WORST_FIRST.indexOf(check.status) - WORST_FIRST.indexOf(worst.status);
      return by < 0 || (by === 0 && isWorse(check, check.measured, worst.measured)) ? check : worst;
    }, first);
  });
}
