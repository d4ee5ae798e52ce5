import type { Result } from '../../checks/result/contract/result.ts';
import type { FigureSpread, Playings, ScenarioResult } from '../../checks/result/contract/result-playings.ts';
import { plural } from '../../shared/text/format.ts';
import { quantity } from './quantities.ts';

/** The scenarios of a run side by side. */
interface Comparison {
  readonly scenarios: readonly ScenarioResult[];
  /** One of them goes back before the point of no return, or cuts steps off. */
  readonly isOfSeveralKinds: boolean;
  /** The rehearsal has several plans for the same change. */
  readonly isOfPlans: boolean;
  readonly rows: readonly {
    readonly title: string;
    /** Empty where there is none. */
    readonly budget: string;
    /** One a scenario: a number, or its median and spread over the repetitions. */
    readonly cells: readonly { readonly text: string; readonly spread: string; readonly isOver: boolean }[];
  }[];
}

/** Undefined for a run that played its plan once. */
export function comparison({ playings, wayBack, interruptions }: Result): Comparison | undefined {
  if (!playings) return undefined;
  const { scenarios } = playings;
  const all = scenarios.flatMap(({ figures }) => figures);
  const ids = [...new Set(all.map(({ id }) => id))];
  return {
    scenarios,
    isOfPlans: playings.played.some(({ plan }) => plan !== undefined),
    isOfSeveralKinds: wayBack !== undefined || interruptions !== undefined,
    rows: ids.map((id) => {
      const { title = id, budget = null, unit = null } = all.find((figure) => figure.id === id) ?? {};
      const atLeast = id === 'backfillRate' ? 'at least ' : '';
      return {
        title,
        budget: budget === null ? '' : `${atLeast}${quantity(budget, unit)}`,
        cells: scenarios.map(({ figures }) => cell(figures.find((figure) => figure.id === id))),
      };
    }),
  };
}

/** One thing that a way asks of people: a cell a scenario, with a word on how it is known. */
interface WayRow {
  readonly title: string;
  readonly cells: readonly { readonly text: string; readonly spread: string }[];
}

/** What each way asks of people, beside the figures. Empty where the rehearsal has one plan. */
export function wayRows({ scenarios, played, ways = [] }: Playings): WayRow[] {
  if (ways.length === 0) return [];
  const of = scenarios.map(({ name }) => {
    const plan = played.find(({ scenario }) => scenario === name)?.plan;
    return ways.find((way) => way.plan === plan);
  });
  const row = (title: string, text: (way: Way) => string, spread: (way: Way) => string): WayRow => ({
    title,
    cells: of.map((way) =>
      way === undefined ? { text: '–', spread: '' } : { text: text(way), spread: spread(way) },
    ),
  });
  const isSure = (): string => '';
  return [
    row('App versions needed', ({ versionsNeeded }) => String(versionsNeeded ?? '–'), isSure),
    row('Steps by hand', ({ stepsByHand }) => String(stepsByHand ?? '–'), isSure),
    row(
      'Way back open up to behind',
      ({ wayBackUntil }) => (wayBackUntil === undefined ? '–' : (wayBackUntil ?? 'no step')),
      ({ isWayBackPlayed }) => (isWayBackPlayed === false ? 'by its word' : ''),
    ),
  ];
}

type Way = NonNullable<Playings['ways']>[number];

function cell(figure: FigureSpread | undefined): Comparison['rows'][number]['cells'][number] {
  if (!figure) return { text: '–', spread: '', isOver: false };
  const { id, budget, median, min, max, values } = figure;
  const unit = figure.unit === 'requests' ? null : figure.unit; // the title says so
  const isOver = budget !== null && (id === 'backfillRate' ? min < budget : max > budget);
  const spread = values.length < 2 || min === max ? '' : spreadText(min, max, unit);
  return { text: quantity(median, unit), spread, isOver };
}

/** The unit stands once where it does not change with the size. */
function spreadText(min: number, max: number, unit: string | null): string {
  const from = unit === 'ms' || unit === 's' || unit === 'bytes' ? quantity(min, unit) : quantity(min, null);
  return `${from} to ${quantity(max, unit)}`;
}

/** `pass`, or for repetitions `pass, 10 of 10`; what they disagree on is told by number. */
export function scenarioVerdict({ verdict, verdicts, isStable, planned }: ScenarioResult): string {
  if (planned === 1) return verdict;
  if (isStable) return `${verdict}, ${planned} of ${planned}`;
  const { pass, fail, inconclusive } = verdicts;
  const parts = [
    `${pass} passed`,
    `${fail} failed`,
    ...(inconclusive > 0 ? [`${inconclusive} inconclusive`] : []),
  ];
  return `${verdict}: ${parts.join(', ')} of ${planned}`;
}

/** A figure at its worst over all playings, and which playing that was; undefined where the plan was played once. */
export function worstOfAll({ playings }: Result, id: string): { value: number; playing: number } | undefined {
  const all = (playings?.scenarios ?? []).flatMap(({ name, figures }) => {
    const figure = figures.find((one) => one.id === id);
    const played = (playings?.played ?? []).filter(
      ({ scenario, verdict }) => scenario === name && verdict !== null,
    );
    return (figure?.values ?? []).map((value, at) => ({
      value,
      playing: played[at]?.index ?? 0,
      better: figure?.better ?? 'lower',
    }));
  });
  const [worst] = all.toSorted((a, b) => (a.better === 'higher' ? a.value - b.value : b.value - a.value));
  return worst && { value: worst.value, playing: worst.playing };
}

/** What was played, and of which playing all the rest of the report is. */
export function playedSentence({ scenarios, played, shown }: Playings): string {
  const repeat = Math.max(...scenarios.map(({ planned }) => planned));
  const times = repeat === 1 ? 'once' : `${repeat} times`;
  const of =
    scenarios.length === 1
      ? `The plan was played ${times}`
      : `${plural(scenarios.length, 'scenario')}, each played ${times}`;
  const one = played.find(({ index }) => index === shown);
  const which = scenarios.length === 1 ? `playing ${shown}` : `playing ${shown}, ${one?.scenario ?? ''}`;
  return `${of}, every time on a fresh copy of the same restored database with the same seed. Findings, checks and each version’s traffic stand at their worst of all; steps, timeline and errors are of ${which}, which came nearest to a budget of those with the verdict above.`;
}

/** The title of the comparison. */
export function comparisonTitle({ scenarios, isOfSeveralKinds, isOfPlans }: Comparison): string {
  if (isOfPlans && scenarios.length > 1) return 'Plan by plan';
  if (scenarios.length < 2) return 'Spread over the repetitions';
  return isOfSeveralKinds ? 'Scenario by scenario' : 'Quiet and in company';
}
