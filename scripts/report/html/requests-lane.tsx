import { scaleLinear } from 'd3-scale';
import { area } from 'd3-shape';
import type { Result } from '../../checks/result.ts';
import { formatCount } from '../../shared/format.ts';
import { largest } from '../facts.ts';
import { LEFT, round, type Frame } from './chart-frame.ts';

type Second = Result['timeline']['seconds'][number];
const COLOURS = 6;
const LABEL_ROOM = 40;

/** Requests that were due in each second, stacked by app version; failed ones in red from the bottom. */
export function RequestsLane({ result, frame }: { result: Result; frame: Frame }) {
  const { seconds } = result.timeline;
  const { top, bottom } = frame.requests;
  const versions = result.load.versions;
  const most = Math.max(1, largest(seconds.map((second) => sumTo(second, versions, versions.length))));
  const y = scaleLinear([0, most], [bottom, top]);
  const layer = (index: number): string =>
    area<Second>()
      .x((second) => frame.x(second.tMs + 500))
      .y0((second) => y(sumTo(second, versions, index)))
      .y1((second) => y(sumTo(second, versions, index + 1)))
      .digits(1)(seconds) ?? '';
  const barWidth = Math.max(1.5, (frame.x(1000) - frame.x(0)) * 0.8);
  return (
    <>
      <text x={LEFT - 6} y={top + 12} class="t" text-anchor="end">
        req/s
      </text>
      <text x={LEFT - 6} y={bottom} class="t" text-anchor="end">
        {formatCount(most)}
      </text>
      {versions.map((version, index) => (
        <path d={layer(index)} style={`fill:var(--v${index % COLOURS});opacity:.6`}>
          <title>{version}</title>
        </path>
      ))}
      {seconds
        .filter(({ errors }) => errors > 0)
        .map((second) => (
          <rect
            x={round(frame.x(second.tMs + 500) - barWidth / 2)}
            y={round(y(Math.min(most, second.errors)))}
            width={round(barWidth)}
            height={round(bottom - y(Math.min(most, second.errors)))}
            class="err"
          >
            <title>{`${formatCount(second.errors)} failed`}</title>
          </rect>
        ))}
      <Names seconds={seconds} versions={versions} frame={frame} />
    </>
  );
}

/** Each version's name where it has the traffic for the first time. */
function Names({
  seconds,
  versions,
  frame,
}: {
  seconds: readonly Second[];
  versions: readonly string[];
  frame: Frame;
}) {
  let last = -Infinity;
  return (
    <>
      {versions.map((version) => {
        const first = seconds.find(({ requests }) => leads(requests, version));
        if (!first) return null;
        const x = frame.x(first.tMs + 500) + 6;
        if (x - last < LABEL_ROOM) return null;
        last = x;
        return (
          <text x={round(x)} y={frame.requests.bottom - 6} class="t in halo">
            {version}
          </text>
        );
      })}
    </>
  );
}

function leads(requests: Second['requests'], version: string): boolean {
  const own = requests[version] ?? 0;
  return own > 0 && Object.values(requests).every((count) => count <= own);
}

function sumTo({ requests }: Second, versions: readonly string[], end: number): number {
  return versions.slice(0, end).reduce((sum, version) => sum + (requests[version] ?? 0), 0);
}
