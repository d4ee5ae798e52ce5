import { line } from 'd3-shape';
import type { Result } from '../../checks/result.ts';
import { formatMs, plural } from '../../shared/format.ts';
import { largest } from '../facts.ts';
import { budgetOf, LEFT, RIGHT, round, type Frame } from './chart-frame.ts';

/** Half of the widest label. */
const LABEL_ROOM = 110;

type Second = Result['timeline']['seconds'][number];

/** p99 and median of each second on a logarithmic scale; a second without an answer is a gap, never zero. */
export function LatencyLane({ result, frame }: { result: Result; frame: Frame }) {
  const budget = budgetOf(result);
  return (
    <>
      {frame.decades.map((ms) => (
        <>
          <line x1={LEFT} x2={RIGHT} y1={frame.y(ms)} y2={frame.y(ms)} class="g" />
          <text x={LEFT - 6} y={frame.y(ms) + 4} class="t" text-anchor="end">
            {ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}
          </text>
        </>
      ))}
      {budget !== null && (
        <>
          <line x1={LEFT} x2={RIGHT} y1={frame.y(budget)} y2={frame.y(budget)} class="budget" />
          <text x={RIGHT - 2} y={frame.y(budget) - 4} class="t b halo" text-anchor="end">
            {`p99 budget ${formatMs(budget)}`}
          </text>
        </>
      )}
      <path d={path(result, frame, ({ p50Ms }) => p50Ms)} class="p50" />
      <path d={path(result, frame, ({ p99Ms }) => p99Ms)} class="p99" />
      <Peak result={result} frame={frame} />
    </>
  );
}

function path(result: Result, frame: Frame, of: (second: Second) => number | null): string {
  const draw = line<Second>()
    .defined((second) => of(second) !== null)
    .x((second) => frame.x(second.tMs + 500))
    .y((second) => frame.y(Math.max(1, of(second) ?? 1)))
    .digits(1);
  return draw(result.timeline.seconds) ?? '';
}

/** Names the worst second where it stands out: over the budget, or three times what it was before. */
function Peak({ result, frame }: { result: Result; frame: Frame }) {
  const { seconds } = result.timeline;
  const worstMs = largest(seconds.map(({ p99Ms }) => p99Ms ?? 0));
  const worst = seconds.find(({ p99Ms }) => p99Ms === worstMs);
  const notable = budgetOf(result) ?? (result.baseline ? result.baseline.p99Ms * 3 : Infinity);
  if (!worst || worstMs <= notable) return null;
  const failed = result.checks.some(({ id, status }) => id === 'p99' && status === 'fail');
  const delayed = result.steps
    .filter(({ fromMs, toMs }) => (fromMs ?? Infinity) <= worst.tMs + 1000 && (toMs ?? 0) >= worst.tMs - 1000)
    .reduce((sum, { victims }) => sum + victims.delayed, 0);
  const waited = failed && delayed > 0 ? `: ${plural(delayed, 'request')} waited` : '';
  const x = frame.x(worst.tMs + 500);
  const anchor = x < LEFT + LABEL_ROOM ? 'start' : x > RIGHT - LABEL_ROOM ? 'end' : 'middle';
  return (
    <text
      x={round(x)}
      y={round(frame.y(worstMs) - 7)}
      class={failed ? 't bad halo' : 't s halo'}
      text-anchor={anchor}
    >
      {`${formatMs(worstMs)}${waited}`}
    </text>
  );
}
