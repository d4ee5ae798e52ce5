import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Result } from '../../checks/result.ts';
import { formatMs } from '../../shared/format.ts';
import { largest } from '../facts.ts';
import { LEFT, type Frame } from './chart-frame.ts';

type Lag = Result['timeline']['lag'][number];

/** How far the standby was behind. */
export function LagLane({ result, frame }: { result: Result; frame: Frame }) {
  const lane = frame.lag;
  if (lane === null) return null;
  const { lag } = result.timeline;
  const most = Math.max(1, largest(lag.map(({ replayLagMs }) => replayLagMs ?? 0)));
  const y = scaleLinear([0, most], [lane.bottom, lane.top]);
  const draw = line<Lag>()
    .defined(({ replayLagMs }) => replayLagMs !== null)
    .x(({ tMs }) => frame.x(tMs))
    .y(({ replayLagMs }) => y(replayLagMs ?? 0))
    .digits(1);
  return (
    <>
      <text x={LEFT - 6} y={lane.top + 12} class="t" text-anchor="end">
        lag
      </text>
      <text x={LEFT - 6} y={lane.bottom} class="t" text-anchor="end">
        {formatMs(most)}
      </text>
      <path d={draw(lag) ?? ''} class="lag" />
    </>
  );
}
