import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Result } from '../../../checks/result/contract/result.ts';
import { formatMs } from '../../../shared/text/format.ts';
import { largest } from '../../facts/facts.ts';
import type { Frame } from './chart-frame.ts';
import { round } from './drawing.ts';
import { LaneTitle } from './lane-title.tsx';

type Lag = Result['timeline']['lag'][number];
export type LagKind = 'write' | 'flush' | 'replay';

/** The replay takes longest: drawn first, it stays visible where another one covers it. */
const KINDS: readonly LagKind[] = ['replay', 'flush', 'write'];

/** The kinds of lag that were measured; older runs have only the last one. */
export function lagKinds({ timeline: { lag } }: Result): LagKind[] {
  return KINDS.filter((kind) => lag.some((point) => lagOf(point, kind) !== null)).reverse();
}

/** How late WAL was written, flushed and replayed on the standby; a second without an answer is a gap. */
export function LagLane({ result, frame }: { result: Result; frame: Frame }) {
  const { lag: lane } = frame;
  if (lane === null) return null;
  const { lag } = result.timeline;
  const kinds = lagKinds(result);
  const most = Math.max(1, ...kinds.map((kind) => largest(lag.map((point) => lagOf(point, kind) ?? 0))));
  const y = scaleLinear([0, most], [lane.bottom, lane.top]);
  const draw = (kind: LagKind): string =>
    line<Lag>()
      .defined((point) => lagOf(point, kind) !== null)
      .x(({ tMs }) => frame.x(tMs))
      .y((point) => y(lagOf(point, kind) ?? 0))
      .digits(1)(lag) ?? '';
  const budget = result.checks.find(({ id }) => id === 'replicationLag')?.budget ?? null;
  return (
    <>
      <LaneTitle frame={frame} lane={lane} name="lag" most={most} format={formatMs} />
      {(result.standby?.gaps ?? []).map(({ fromMs, toMs }) => (
        <Gap fromMs={fromMs} toMs={toMs} frame={frame} lane={lane} />
      ))}
      {budget !== null && budget <= most && (
        <line
          x1={frame.size.left}
          x2={frame.size.right}
          y1={round(y(budget))}
          y2={round(y(budget))}
          class="budget"
        />
      )}
      {KINDS.filter((kind) => kinds.includes(kind)).map((kind) => (
        <path d={draw(kind)} class={`lag ${kind}`} />
      ))}
    </>
  );
}

interface GapProps {
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly frame: Frame;
  readonly lane: { readonly top: number; readonly bottom: number };
}

function Gap({ fromMs, toMs, frame, lane }: GapProps) {
  const left = frame.x(fromMs);
  const right = toMs === null ? frame.size.right : frame.x(toMs);
  return (
    <rect
      x={round(left)}
      y={lane.top}
      width={round(Math.max(1.5, right - left))}
      height={lane.bottom - lane.top}
      class="gone"
    >
      <title>no standby streamed</title>
    </rect>
  );
}

function lagOf({ writeLagMs, flushLagMs, replayLagMs }: Lag, kind: LagKind): number | null {
  return { write: writeLagMs, flush: flushLagMs, replay: replayLagMs }[kind];
}
