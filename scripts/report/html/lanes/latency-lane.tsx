import { line } from 'd3-shape';
import type { Result } from '../../../checks/result/contract/result.ts';
import { formatMs, plural } from '../../../shared/text/format.ts';
import { budgetOf, LINE, type Frame } from './chart-frame.ts';
import { unbroken, type ChartPoint } from './chart-points.ts';
import { round, textWidth } from './drawing.ts';
import { peakOf } from './peak.ts';

/** p99 and median of each second on a logarithmic scale; a second without an answer is a gap, never zero. */
export function LatencyLane({ result, frame }: { result: Result; frame: Frame }) {
  const { left, right } = frame.size;
  const budget = budgetOf(result);
  const peak = peakLabel(result, frame);
  return (
    <>
      {frame.decades.map((ms) => (
        <>
          <line x1={left} x2={right} y1={round(frame.y(ms))} y2={round(frame.y(ms))} class="g" />
          <text x={left - 6} y={round(frame.y(ms) + 4)} class="t" text-anchor="end">
            {ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}
          </text>
        </>
      ))}
      {budget !== null && (
        <line x1={left} x2={right} y1={round(frame.y(budget))} y2={round(frame.y(budget))} class="budget" />
      )}
      <path d={pathOf(frame, ({ p50Ms }) => p50Ms)} class="p50" />
      <path d={pathOf(frame, ({ p99Ms }) => p99Ms)} class="p99" />
      {budget !== null && <Label label={budgetLabel(budget, frame, peak)} tone="t b" />}
      {peak && <Label label={peak} tone={peak.isBad ? 't bad' : 't s'} />}
    </>
  );
}

interface PlacedLabel {
  readonly text: string;
  /** Left end of its baseline. */
  readonly x: number;
  readonly y: number;
}

function Label({ label: { text, x, y }, tone }: { label: PlacedLabel; tone: string }) {
  return (
    <text x={round(x)} y={round(y)} class={`${tone} halo`}>
      {text}
    </text>
  );
}

function pathOf(frame: Frame, of: (point: ChartPoint) => number | null): string {
  const draw = line<ChartPoint>()
    .defined((point) => of(point) !== null)
    .x(({ fromMs, toMs }) => frame.x((fromMs + toMs) / 2))
    .y((point) => frame.y(Math.max(1, of(point) ?? 1)))
    .digits(1);
  return unbroken(frame.points)
    .map((run) => draw(run) ?? '')
    .join('');
}

/** Names the worst second where it stands out: over the budget, or three times what it was before. */
function peakLabel(result: Result, frame: Frame): (PlacedLabel & { isBad: boolean }) | undefined {
  const { points, size } = frame;
  const peak = peakOf(points);
  const notable = budgetOf(result) ?? (result.baseline ? result.baseline.p99Ms * 3 : Infinity);
  if (!peak || peak.p99Ms <= notable) return undefined;
  const isBad = result.checks.some(({ id, status }) => id === 'p99' && status === 'fail');
  const delayed = result.steps
    .filter(({ fromMs, toMs }) => (fromMs ?? Infinity) <= peak.toMs && (toMs ?? 0) >= peak.fromMs - 1000)
    .reduce((sum, { victims }) => sum + victims.delayed, 0);
  const text = `${formatMs(peak.p99Ms)}${isBad && delayed > 0 ? `: ${plural(delayed, 'request')} waited` : ''}`;
  const width = textWidth(text, 12.5);
  const middle = frame.x((peak.fromMs + peak.toMs) / 2);
  const x = Math.min(Math.max(middle - width / 2, size.left + 2), size.right - width);
  return { text, x, y: frame.y(peak.p99Ms) - 7, isBad };
}

/** Beside the budget's line, above or below and left or right: where it covers least of the curve. */
function budgetLabel(budget: number, frame: Frame, peak: PlacedLabel | undefined): PlacedLabel {
  const { left, right } = frame.size;
  const text = `p99 budget ${formatMs(budget)}`;
  const width = textWidth(text);
  const y = frame.y(budget);
  const places = [y - 4, y + LINE].flatMap((baseline) => [
    { text, x: right - width, y: baseline },
    { text, x: left + 4, y: baseline },
  ]);
  const covered = (place: PlacedLabel): number => {
    const curve = frame.points.filter(({ fromMs, toMs, p99Ms }) => {
      const at = frame.x((fromMs + toMs) / 2);
      if (p99Ms === null || at < place.x - 4 || at > place.x + width + 4) return false;
      const height = frame.y(Math.max(1, p99Ms));
      return height > place.y - LINE && height < place.y + 4;
    });
    return curve.length + (peak && isOver(place, width, peak) ? 1000 : 0);
  };
  return places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
}

function isOver(place: PlacedLabel, width: number, peak: PlacedLabel): boolean {
  const isBeside = peak.x > place.x + width || place.x > peak.x + textWidth(peak.text, 12.5);
  return !isBeside && Math.abs(peak.y - place.y) < LINE;
}
