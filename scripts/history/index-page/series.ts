import type { Figure, RunLine } from '../lines/history-line.ts';
import { figureKey } from '../compare/regression.ts';
import { crossingOf, type Crossing, type Reading } from './growth.ts';

/** More nights than these are no wider than a line each. */
const MOST_RUNS = 90;

/** What is drawn of one figure. */
export interface Series {
  readonly figure: Figure;
  readonly readings: readonly Reading[];
  readonly crossing: Crossing | undefined;
}

/** All that the page says of one rehearsal. */
export interface RehearsalTrend {
  readonly rehearsal: string;
  readonly last: RunLine;
  /** Oldest first. */
  readonly runs: readonly RunLine[];
  /** Those with a budget first. */
  readonly series: readonly Series[];
  /** Where plan or snapshot is another than the night before. */
  readonly marks: readonly { readonly atMs: number; readonly what: string }[];
}

/** Of each rehearsal its last nights; those whose last night was worst come first. */
export function trendsOf(runs: readonly RunLine[]): RehearsalTrend[] {
  const names = [...new Set(runs.map(({ rehearsal }) => rehearsal))];
  const trends = names.flatMap((name) => trendOf(runs.filter(({ rehearsal }) => rehearsal === name)));
  const rank = { fail: 0, inconclusive: 1, pass: 3 };
  const rankOf = ({ last: { verdict } }: RehearsalTrend): number => (verdict === null ? 2 : rank[verdict]);
  return trends.sort((a, b) => rankOf(a) - rankOf(b) || a.rehearsal.localeCompare(b.rehearsal));
}

function trendOf(all: readonly RunLine[]): RehearsalTrend[] {
  const runs = all.slice(-MOST_RUNS);
  const last = runs.at(-1);
  if (last === undefined) return [];
  const withFigures = runs.findLast(({ figures }) => figures.length > 0) ?? last;
  const series = withFigures.figures
    .filter((figure) => figure.budget !== null || figure.unit !== 'requests')
    .map((figure) => seriesOf(figure, runs, withFigures))
    .filter(({ figure, readings }) => figure.budget !== null || readings.some(({ value }) => value !== 0))
    .sort((a, b) => Number(b.figure.budget !== null) - Number(a.figure.budget !== null));
  const growth = growthOf(runs);
  return [
    {
      rehearsal: last.rehearsal,
      last,
      runs,
      marks: marksOf(runs),
      series: growth === undefined ? series : [...series, growth],
    },
  ];
}

function seriesOf(figure: Figure, runs: readonly RunLine[], now: RunLine): Series {
  const readingsOf = (lines: readonly RunLine[]): Reading[] =>
    lines.flatMap(({ startedAt, figures }) => {
      const found = figures.find((one) => figureKey(one) === figureKey(figure));
      return found === undefined ? [] : [{ atMs: Date.parse(startedAt), value: found.value }];
    });
  // A trend is one of the data: other plans and other machines would make steps of their own.
  const alike = runs.filter(
    ({ planSha256, machine }) => planSha256 === now.planSha256 && machine?.class === now.machine?.class,
  );
  const crossing =
    figure.budget === null ? undefined : crossingOf(readingsOf(alike), figure.budget, figure.better);
  return { figure, readings: readingsOf(runs), crossing };
}

/** How the data grew, beside what it costs; undefined where it stayed the same. */
function growthOf(runs: readonly RunLine[]): Series | undefined {
  const readings = runs.flatMap(({ startedAt, snapshot }) =>
    snapshot === null ? [] : [{ atMs: Date.parse(startedAt), value: snapshot.bytes / 1024 ** 2 }],
  );
  if (new Set(readings.map(({ value }) => Math.round(value))).size < 2) return undefined;
  const value = readings.at(-1)?.value ?? 0;
  const figure: Figure = {
    id: 'snapshot',
    scenario: 'quiet',
    title: 'Size of the restored snapshot',
    unit: 'MB',
    better: 'lower',
    budget: null,
    value,
    values: [value],
  };
  return { figure, readings, crossing: undefined };
}

function marksOf(runs: readonly RunLine[]): RehearsalTrend['marks'] {
  return runs.flatMap((run, position) => {
    const before = runs[position - 1];
    if (before === undefined || run.planSha256 === '' || before.planSha256 === '') return [];
    const what = [
      ...(run.planSha256 === before.planSha256 ? [] : ['plan']),
      ...(run.snapshot?.sha256 === before.snapshot?.sha256 ? [] : ['snapshot']),
    ].join(' and ');
    return what === '' ? [] : [{ atMs: Date.parse(run.startedAt), what }];
  });
}
