import { scaleLinear } from 'd3-scale';
import { curveStepAfter, line } from 'd3-shape';
import type { Result } from '../../../checks/result/contract/result.ts';
import { formatCount } from '../../../shared/text/format.ts';
import { largest } from '../../facts/facts.ts';
import type { Frame } from './chart-frame.ts';
import { LaneTitle } from './lane-title.tsx';
import { watchedPoints } from './watched-points.ts';

/** How many rows the questions of verify steps found while other steps ran; an asking without an answer is a gap. */
export function WatchLane({ result, frame }: { result: Result; frame: Frame }) {
  const { watch: lane } = frame;
  if (lane === null) return null;
  const lines = watchedPoints(result);
  const most = Math.max(1, largest(lines.flat().map(({ rows }) => rows ?? 0)));
  const y = scaleLinear([0, most], [lane.bottom, lane.top]);
  const draw = line<(typeof lines)[number][number]>()
    .defined(({ rows }) => rows !== null)
    .x(({ tMs }) => frame.x(tMs))
    .y(({ rows }) => y(rows ?? 0))
    .curve(curveStepAfter)
    .digits(1);
  return (
    <>
      <LaneTitle frame={frame} lane={lane} name="rows apart" most={most} format={formatCount} />
      {lines.map((points) => (
        <path d={draw(points) ?? ''} class="watch" />
      ))}
    </>
  );
}
