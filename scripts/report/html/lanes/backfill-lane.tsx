import { scaleLinear } from 'd3-scale';
import type { Result } from '../../../checks/result/contract/result.ts';
import { formatMs } from '../../../shared/text/format.ts';
import { largest } from '../../facts/facts.ts';
import { pausesOf } from '../tables/backfill-columns.ts';
import type { Frame } from './chart-frame.ts';
import { round } from './drawing.ts';
import { LaneTitle } from './lane-title.tsx';

/** Rows per second of the backfills; their pauses are hatched in another colour. */
export function BackfillLane({ result, frame }: { result: Result; frame: Frame }) {
  const { backfill: lane, columns } = frame;
  if (lane === null) return null;
  const most = Math.max(1, largest(columns.map(({ rowsPerSecond }) => rowsPerSecond)));
  const y = scaleLinear([0, most], [lane.bottom, lane.top]);
  const outline = columns.map(
    ({ left, right, rowsPerSecond }) =>
      `M${round(left)},${lane.bottom}V${round(y(rowsPerSecond))}H${round(Math.max(right, left + 0.6))}V${lane.bottom}Z`,
  );
  const pauses = pausesOf(result.timeline.batches, frame.x);
  return (
    <>
      <LaneTitle frame={frame} lane={lane} name="rows/s" most={most} />
      {pauses.map(({ left, right, ms }) => (
        <rect
          x={round(left)}
          y={lane.top}
          width={round(Math.max(1.5, right - left))}
          height={lane.bottom - lane.top}
          class="pause"
        >
          <title>{`paused ${formatMs(ms)} for the app`}</title>
        </rect>
      ))}
      <path d={outline.join('')} class="bf" />
    </>
  );
}
