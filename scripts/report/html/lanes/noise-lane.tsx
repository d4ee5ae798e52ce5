import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Result } from '../../../checks/result/contract/result.ts';
import type { Frame } from './chart-frame.ts';
import { LaneTitle } from './lane-title.tsx';

type Point = NonNullable<Result['timeline']['noise']>[number];

/** What others took of the processors, and how much of the time somebody waited for one; of several machines the worst. */
export function NoiseLane({ result, frame }: { result: Result; frame: Frame }) {
  const { noise: lane } = frame;
  if (lane === null) return null;
  const points = worstByTime(result.timeline.noise ?? []);
  const y = scaleLinear([0, 1], [lane.bottom, lane.top]);
  const taken = area<Point>()
    .x(({ tMs }) => frame.x(tMs))
    .y0(lane.bottom)
    .y1((point) => y(takenOf(point)))
    .digits(1)(points);
  const pressure = line<Point>()
    .defined(({ cpuPressureShare }) => cpuPressureShare !== null)
    .x(({ tMs }) => frame.x(tMs))
    .y(({ cpuPressureShare }) => y(cpuPressureShare ?? 0))
    .digits(1)(points);
  return (
    <>
      <LaneTitle frame={frame} lane={lane} name="others" most={100} format={(value) => `${value} %`} />
      <path d={taken ?? ''} class="noise" />
      <path d={pressure ?? ''} class="pressure" />
    </>
  );
}

function takenOf({ stealShare, foreignShare }: Point): number {
  return Math.min(1, stealShare + foreignShare);
}

/** Machines are looked at together, within milliseconds. */
function worstByTime(points: readonly Point[]): Point[] {
  const [first] = points;
  const machines = new Set(points.map(({ hosts }) => hosts.join(' ')));
  if (first === undefined || machines.size < 2) return [...points];
  const worst = [...machines].toSorted((a, b) => takenBy(points, b) - takenBy(points, a))[0];
  return points.filter(({ hosts }) => hosts.join(' ') === worst);
}

function takenBy(points: readonly Point[], machine: string): number {
  return points
    .filter(({ hosts }) => hosts.join(' ') === machine)
    .reduce((sum, point) => sum + takenOf(point), 0);
}
