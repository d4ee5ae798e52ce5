import type { PlannedPlaying } from '../../plan/model.ts';
import { groupBy } from '../../shared/group-by.ts';
import { headlineFigures, storageFigures } from './headline-figures.ts';
import type { Result } from './contract/result.ts';
import { nearness, type Playing } from './worst-playing.ts';
import type { FigureSpread, ScenarioResult } from './contract/result-playings.ts';

const WORST_FIRST = ['fail', 'inconclusive', 'pass'] as const;

/** One scenario over its repetitions. */
export interface ScenarioOutcome {
  readonly scenario: ScenarioResult;
  /** The worst repetition, by its verdict and then by how near it came to a budget: its figures are shown. */
  readonly lead: Playing;
  /** All that were played. */
  readonly playings: readonly Playing[];
}

/** @param results of the playings that were played, by their index */
export function scenarioOutcomes(
  planned: readonly PlannedPlaying[],
  results: ReadonlyMap<number, Result>,
): ScenarioOutcome[] {
  return [...groupBy(planned, ({ scenario }) => scenario)].flatMap(([name, all]) => {
    const played = all.flatMap(({ index }) => {
      const result = results.get(index);
      return result === undefined ? [] : [{ index, result }];
    });
    const lead = played.toSorted(
      (a, b) => severity(a.result) - severity(b.result) || nearness(b.result) - nearness(a.result),
    )[0];
    if (lead === undefined) return [];
    const count = (verdict: Result['verdict']): number =>
      played.filter(({ result }) => result.verdict === verdict).length;
    const { verdict, headline } = lead.result;
    const isStable = count(verdict) === all.length;
    const scenario: ScenarioResult = {
      name,
      isStable,
      headline,
      planned: all.length,
      verdict: isStable ? verdict : 'inconclusive',
      verdicts: { pass: count('pass'), fail: count('fail'), inconclusive: count('inconclusive') },
      figures: spreads(played.map(({ result }) => result)),
    };
    return { scenario, lead, playings: played };
  });
}

export function severity({ verdict }: Pick<Result, 'verdict'>): number {
  return WORST_FIRST.indexOf(verdict);
}

function spreads(results: readonly Result[]): FigureSpread[] {
  const all = groupBy(
    results.flatMap((result) => [...headlineFigures(result), ...storageFigures(result)]),
    ({ id }) => id,
  );
  return [...all.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { id, title, unit, budget, better } = first;
    const values = own.map(({ value }) => value);
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(share)] ?? 0;
    const middle = (sorted.length - 1) / 2;
    const median = (at(middle) + at(Math.ceil(middle))) / 2;
    return { id, title, unit, budget, better, median, min: at(0), max: at(sorted.length - 1), values };
  });
}
