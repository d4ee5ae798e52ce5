import { scaleLinear } from 'd3-scale';
import { area } from 'd3-shape';
import type { Result } from '../../../checks/result/contract/result.ts';
import { largest } from '../../facts/facts.ts';
import type { Frame } from './chart-frame.ts';
import { unbroken, type ChartPoint } from './chart-points.ts';
import { round, textWidth } from './drawing.ts';
import { LaneTitle } from './lane-title.tsx';

const COLOURS = 6;

/** The colour of an app version, by its place in the order of rollout. */
function versionColour(index: number): string {
  return `var(--v${index % COLOURS})`;
}

/** Requests that were started in each second, stacked by app version. */
export function RequestsLane({ result, frame }: { result: Result; frame: Frame }) {
  const { points, requests: lane } = frame;
  const { versions } = result.load;
  const most = Math.max(1, largest(points.map((point) => sumTo(point, versions, versions.length))));
  const y = scaleLinear([0, most], [lane.bottom, lane.top]);
  // Each point is a step from its beginning to its end, so that a single second is seen as well.
  const draw = (index: number) =>
    area<{ point: ChartPoint; ms: number }>()
      .x(({ ms }) => frame.x(ms))
      .y0(({ point }) => y(sumTo(point, versions, index)))
      .y1(({ point }) => y(sumTo(point, versions, index + 1)))
      .digits(1);
  const runs = unbroken(points).map((run) =>
    run.flatMap((point) => [
      { point, ms: point.fromMs },
      { point, ms: point.toMs },
    ]),
  );
  const shown = versions
    .map((version, index) => ({ version, index }))
    .filter(({ version }) => points.some(({ requests }) => (requests[version] ?? 0) > 0));
  return (
    <>
      <LaneTitle frame={frame} lane={lane} name="req/s" most={most} />
      {shown.map(({ version, index }) => (
        <path
          d={runs.map((run) => draw(index)(run) ?? '').join('')}
          style={`fill:${versionColour(index)}`}
          class="req"
        >
          <title>{version}</title>
        </path>
      ))}
      <Names versions={shown.map(({ version }) => version)} frame={frame} />
    </>
  );
}

/** Each version's name where it has most of the traffic for the first time. */
function Names({ versions, frame }: { versions: readonly string[]; frame: Frame }) {
  let free = -Infinity;
  return (
    <>
      {versions.map((version) => {
        const first = frame.points.find(({ requests }) => leads(requests, version));
        if (!first) return null;
        const x = frame.x(first.fromMs) + 6;
        const width = textWidth(version);
        if (x < free || x + width > frame.size.right) return null;
        free = x + width + 8;
        return (
          <text x={round(x)} y={frame.requests.bottom - 6} class="t in halo">
            {version}
          </text>
        );
      })}
    </>
  );
}

function leads(requests: ChartPoint['requests'], version: string): boolean {
  const own = requests[version] ?? 0;
  return own > 0 && Object.values(requests).every((count) => count <= own);
}

function sumTo({ requests }: ChartPoint, versions: readonly string[], end: number): number {
  return versions.slice(0, end).reduce((sum, version) => sum + (requests[version] ?? 0), 0);
}
