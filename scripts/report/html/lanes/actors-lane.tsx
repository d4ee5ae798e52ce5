import type { Result } from '../../../checks/result/contract/result.ts';
import { formatMs } from '../../../shared/text/format.ts';
import { actorsThatCame } from '../../facts/company-facts.ts';
import type { Frame } from './chart-frame.ts';
import { fitted, round } from './drawing.ts';

const NARROWEST = 3;
const BETWEEN = 6;

/** A row for each actor, with the time that it kept the plan company. */
export function ActorsLane({ result, frame }: { result: Result; frame: Frame }) {
  const { actors: lane, size } = frame;
  const came = actorsThatCame(result);
  if (lane === null) return null;
  const height = (lane.bottom - lane.top) / came.length;
  return (
    <>
      {came.map(({ name, title, fromMs, toMs }, at) => {
        const top = lane.top + at * height;
        const left = frame.x(fromMs);
        return (
          <>
            <text x={size.left - 6} y={round(top + height / 2 + 4)} class="t" text-anchor="end">
              {fitted(name, size.left - 10)}
              <title>{title}</title>
            </text>
            <rect
              x={round(left)}
              y={round(top + BETWEEN / 2)}
              width={round(Math.max(NARROWEST, frame.x(toMs) - left))}
              height={round(height - BETWEEN)}
              class="who"
            >
              <title>{`${title} kept the plan company for ${formatMs(toMs - fromMs)}`}</title>
            </rect>
          </>
        );
      })}
    </>
  );
}
