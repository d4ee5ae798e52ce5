import type { Figure, RunLine } from '../lines/history-line.ts';
import { changesOf, type Change } from './changes.ts';
import { noiseOf, smallestChange, type Noise } from './noise.ts';
import { figureKey, regressionsOf, type Regression } from './regression.ts';
import { earlierLike, unlike } from './window.ts';

/** `noise not known`: too few repetitions and earlier runs; then nothing is called better or worse. */
export type Judgement = 'better' | 'worse' | 'within noise' | 'noise not known' | 'new' | 'gone';

/** One figure of two runs. */
export interface FigureDiff {
  readonly figure: Omit<Figure, 'value' | 'values'>;
  readonly before: number | null;
  readonly after: number | null;
  readonly judgement: Judgement;
  /** The smallest change that this host can show, in the figure's unit; null where its noise is not known. */
  readonly smallestChange: number | null;
  /** Where the noise was taken from; null where it is not known. */
  readonly noise: Pick<Noise, 'from' | 'of'> | null;
}

/** Two runs side by side. */
export interface RunDiff {
  readonly before: RunLine;
  readonly after: RunLine;
  readonly changes: readonly Change[];
  /** Why the figures cannot be held against each other, as clauses; empty where they can. */
  readonly unlike: readonly string[];
  readonly figures: readonly FigureDiff[];
  /** Checks that found something in the one run alone. */
  readonly findings: { readonly gone: readonly string[]; readonly added: readonly string[] };
  /** The later run against all earlier ones that are like it. */
  readonly regressions: readonly Regression[];
}

/** @param runs all that are known: the noise of the host is taken from them */
export function diffRuns(before: RunLine, after: RunLine, runs: readonly RunLine[]): RunDiff {
  const differences = unlike(before, after);
  const earlier = earlierLike(runs, after);
  const keys = new Set([...before.figures, ...after.figures].map(figureKey));
  const figures = [...keys].flatMap((key) => {
    const [was, is] = [before, after].map((line) => line.figures.find((one) => figureKey(one) === key));
    const values = earlier.flatMap((line) => line.figures.filter((one) => figureKey(one) === key));
    return figureDiff(
      was,
      is,
      values.map(({ value }) => value),
    );
  });
  return {
    before,
    after,
    changes: changesOf(before, after),
    unlike: differences,
    figures,
    findings: { gone: findingsOnlyIn(before, after), added: findingsOnlyIn(after, before) },
    regressions: regressionsOf(runs, after),
  };
}

/** What counts: the rehearsal has a budget for it, and a figure is beyond it in two nights of three. */
export function countedRegressions({
  after,
  regressions,
}: Pick<RunDiff, 'after' | 'regressions'>): Regression[] {
  return after.regressionPercent === null ? [] : regressions.filter(({ status }) => status === 'regressed');
}

function figureDiff(
  was: Figure | undefined,
  is: Figure | undefined,
  earlier: readonly number[],
): FigureDiff[] {
  const known = is ?? was;
  if (known === undefined) return [];
  const { id, scenario, title, unit, better, budget } = known;
  const figure = { id, scenario, title, unit, better, budget };
  const fixed = { figure, before: was?.value ?? null, after: is?.value ?? null };
  if (was === undefined || is === undefined)
    return [{ ...fixed, judgement: is === undefined ? 'gone' : 'new', smallestChange: null, noise: null }];
  const [a, b] = [noiseOf(was, earlier), noiseOf(is, earlier)];
  if (a === undefined || b === undefined)
    return [{ ...fixed, judgement: 'noise not known', smallestChange: null, noise: null }];
  const smallest = smallestChange(a, b, figure.unit);
  const worse = figure.better === 'lower' ? is.value - was.value : was.value - is.value;
  const judgement = Math.abs(worse) <= smallest ? 'within noise' : worse > 0 ? 'worse' : 'better';
  return [{ ...fixed, judgement, smallestChange: smallest, noise: { from: b.from, of: b.of } }];
}

function findingsOnlyIn(one: RunLine, other: RunLine): string[] {
  const named = ({ findings }: RunLine): string[] =>
    findings.map(({ check, status, step }) => `${status}: ${check}${step === null ? '' : ` in ${step}`}`);
  const others = new Set(named(other));
  return [...new Set(named(one))].filter((name) => !others.has(name));
}
