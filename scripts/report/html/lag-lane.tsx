import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Result } from '../../checks/result.ts';
import { formatMs } from '../../shared/format.ts';
import { largest } from '../facts.ts';
import type { Frame } from './chart-frame.ts';
import { LaneTitle } from './lane-title.tsx';

type Lag = Result['timeline']['lag'][number];

/** How far the standby was behind; a second without an answer is a gap. */
export function LagLane({ result, frame }: { result: Result; frame: Frame }) {
  const { lag: lane } = frame;
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
      <LaneTitle frame={frame} lane={lane} name="lag" most={most} format={formatMs} />
      <path d={draw(lag) ?? ''} class="lag" />
    </>
  );
}
