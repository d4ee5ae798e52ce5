import { formatShortCount } from '../../../shared/text/format.ts';
import type { Frame, Lane } from './chart-frame.ts';

interface Props {
  readonly frame: Frame;
  readonly lane: Lane;
  readonly name: string;
  /** The value at the lane's top. */
  readonly most: number;
  readonly format?: (value: number) => string;
}

/** What a lane shows, and the scale of it, in the margin. */
export function LaneTitle({ frame, lane, name, most, format = formatShortCount }: Props) {
  const x = frame.size.left - 6;
  const middle = (lane.top + lane.bottom) / 2;
  return (
    <>
      <text x={x} y={middle - 2} class="t" text-anchor="end">
        {name}
      </text>
      <text x={x} y={middle + 11} class="t" text-anchor="end">
        {`≤ ${format(most)}`}
      </text>
      <line x1={frame.size.left} x2={frame.size.right} y1={lane.bottom} y2={lane.bottom} class="g" />
    </>
  );
}
