import { scaleLinear } from 'd3-scale';
import { area } from 'd3-shape';
import type { Result } from '../../checks/result.ts';
import { formatShortCount } from '../../shared/format.ts';
import { largest } from '../facts.ts';
import { LEFT, type Frame } from './chart-frame.ts';

type Batch = Result['timeline']['batches'][number];

/** A pause longer than this is worth showing. */
const SHOWN_PAUSE_MS = 300;
/** Batches further apart than this are drawn as separate stretches. */
const GAP_MS = 3_000;

/** Rows per second of the backfills; pauses are marked. */
export function BackfillLane({ result, frame }: { result: Result; frame: Frame }) {
  const lane = frame.backfill;
  if (lane === null) return null;
  const { batches } = result.timeline;
  const most = Math.max(1, largest(batches.map(({ rowsPerSecond }) => rowsPerSecond)));
  const y = scaleLinear([0, most], [lane.bottom, lane.top]);
  const draw = area<Batch>()
    .x(({ tMs }) => frame.x(tMs))
    .y0(lane.bottom)
    .y1(({ rowsPerSecond }) => y(rowsPerSecond))
    .digits(1);
  return (
    <>
      <text x={LEFT - 6} y={lane.top + 12} class="t" text-anchor="end">
        rows/s
      </text>
      <text x={LEFT - 6} y={lane.bottom} class="t" text-anchor="end">
        {formatShortCount(most)}
      </text>
      {stretches(batches).map((stretch) => (
        <path d={draw(stretch) ?? ''} class="bf" />
      ))}
      {batches
        .filter(({ pausedMs }) => pausedMs >= SHOWN_PAUSE_MS)
        .map(({ tMs, pausedMs }) => {
          const x = frame.x(tMs - pausedMs);
          return (
            <rect
              x={x.toFixed(1)}
              y={lane.top}
              width={Math.max(1.5, frame.x(tMs) - x).toFixed(1)}
              height={lane.bottom - lane.top}
              class="pause"
            >
              <title>paused for the app</title>
            </rect>
          );
        })}
    </>
  );
}

function stretches(batches: readonly Batch[]): Batch[][] {
  const all: Batch[][] = [];
  let last: Batch | undefined;
  for (const batch of batches) {
    const apart =
      last === undefined || batch.step !== last.step || batch.tMs - last.tMs - batch.pausedMs > GAP_MS;
    if (apart) all.push([]);
    all.at(-1)?.push(batch);
    last = batch;
  }
  return all;
}
