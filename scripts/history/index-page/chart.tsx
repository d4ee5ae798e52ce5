import { scaleLinear } from 'd3-scale';
import { line as lineOf } from 'd3-shape';
import { formatDate } from '../../report/dates.ts';
import { quantity } from '../../report/facts/quantities.ts';
import { figureTitle } from '../render/diff-text.ts';
import type { Reading } from './growth.ts';
import type { RehearsalTrend, Series } from './series.ts';

const WIDTH = 330;
const HEIGHT = 92;
const TOP = 16;
const BOTTOM = 14;
/** A budget so far above all readings is told and not drawn: it would flatten them. */
const FAR = 6;

/** One figure over the nights, its budget as a line, and marks where something else changed. */
export function Chart({ series, marks }: { series: Series; marks: RehearsalTrend['marks'] }) {
  const { figure, readings, crossing } = series;
  const values = readings.map(({ value }) => value);
  const peak = Math.max(...values, 0);
  const { budget, unit } = figure;
  const showsBudget = budget !== null && budget <= Math.max(peak, 1e-9) * FAR;
  const first = readings[0]?.atMs ?? 0;
  const last = readings.at(-1)?.atMs ?? first;
  const x = scaleLinear([first, last === first ? first + 1 : last], [4, WIDTH - 4]);
  const y = scaleLinear([0, Math.max(peak, showsBudget ? budget : 0) || 1], [HEIGHT - BOTTOM, TOP]);
  const path = lineOf<Reading>(
    ({ atMs }) => x(atMs),
    ({ value }) => y(value),
  )([...readings]);
  const now = readings.at(-1);
  return (
    <figure class="trend">
      <figcaption>
        <b>{figureTitle(figure)}</b>
        <span class="num">{now === undefined ? 'none' : quantity(now.value, unit)}</span>
        <span class="mut">{budget === null ? 'no budget' : `budget ${quantity(budget, unit)}`}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told(series)}>
        <line class="g" x1={0} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
        {marks
          .filter(({ atMs }) => atMs >= first && atMs <= last)
          .map(({ atMs }) => (
            <line class="mark" x1={x(atMs)} x2={x(atMs)} y1={TOP - 8} y2={HEIGHT - BOTTOM} />
          ))}
        {showsBudget && <line class="budget" x1={0} x2={WIDTH} y1={y(budget)} y2={y(budget)} />}
        <path class="p99" d={path ?? ''} />
        {now && <circle class="now" cx={x(now.atMs)} cy={y(now.value)} r={3} />}
        <text class="t" x={2} y={HEIGHT - 2}>
          {first === 0 ? '' : formatDate(new Date(first).toISOString()).slice(0, -10)}
        </text>
        <text class="t" x={WIDTH - 2} y={HEIGHT - 2} text-anchor="end">
          {last === first ? '' : formatDate(new Date(last).toISOString()).slice(0, -10)}
        </text>
      </svg>
      {crossing && <p class="s-warn small">{crossingText(crossing)}</p>}
    </figure>
  );
}

function crossingText({ fromMs, toMs }: NonNullable<Series['crossing']>): string {
  const day = (ms: number): string => formatDate(new Date(ms).toISOString()).slice(0, -10);
  return toMs === null
    ? `As it grows, it meets its budget on ${day(fromMs)} at the earliest.`
    : `As it grows, it meets its budget between ${day(fromMs)} and ${day(toMs)}.`;
}

function told({ figure, readings }: Series): string {
  const values = readings.map(({ value }) => value);
  if (values.length === 0) return `${figure.title}: never measured`;
  const text = (value: number): string => quantity(value, figure.unit);
  return `${figure.title} over ${values.length} runs: from ${text(Math.min(...values))} to ${text(Math.max(...values))}, now ${text(values.at(-1) ?? 0)}`;
}
