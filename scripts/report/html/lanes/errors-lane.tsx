import { scaleLinear } from 'd3-scale';
import { formatCount } from '../../../shared/text/format.ts';
import { largest } from '../../facts/facts.ts';
import type { Frame } from './chart-frame.ts';
import { round } from './drawing.ts';
import { LaneTitle } from './lane-title.tsx';

/** Failed requests per second, on their own scale: one failure among thousands is seen as well. */
export function ErrorsLane({ frame }: { frame: Frame }) {
  const { errors: lane, points } = frame;
  if (lane === null) return null;
  const most = largest(points.map(({ errors }) => errors));
  const height = scaleLinear([0, most], [0, lane.bottom - lane.top]);
  return (
    <>
      <LaneTitle frame={frame} lane={lane} name="failed/s" most={most} />
      {points
        .filter(({ errors }) => errors > 0)
        .map(({ fromMs, toMs, errors }) => {
          const tall = Math.max(2, height(errors));
          const left = frame.x(fromMs);
          return (
            <rect
              x={round(left)}
              y={round(lane.bottom - tall)}
              width={round(Math.max(1.5, frame.x(toMs) - left - 0.5))}
              height={round(tall)}
              class="err"
            >
              <title>{`${formatCount(errors)} failed in a second`}</title>
            </rect>
          );
        })}
    </>
  );
}
