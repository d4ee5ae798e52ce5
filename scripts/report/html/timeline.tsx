import type { Result } from '../../checks/result.ts';
import { formatClock, formatMs } from '../../shared/format.ts';
import { largest } from '../facts.ts';
import { BackfillLane } from './backfill-lane.tsx';
import { frameOf, LEFT, RIGHT, round, WIDTH, type Frame } from './chart-frame.ts';
import { LagLane } from './lag-lane.tsx';
import { LatencyLane } from './latency-lane.tsx';
import { LocksLane } from './locks-lane.tsx';
import { RequestsLane } from './requests-lane.tsx';

/** Latency, locks, throughput and backfill over the run, one under the other on one time axis. */
export function Timeline({ result }: { result: Result }) {
  if (result.timeline.seconds.length === 0) {
    return (
      <section>
        <h2>What the app felt</h2>
        <p class="mut">No request was recorded.</p>
      </section>
    );
  }
  const frame = frameOf(result);
  return (
    <section>
      <h2>What the app felt</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Timeline">
        <svg
          viewBox={`0 0 ${WIDTH} ${frame.height}`}
          role="img"
          aria-labelledby="timeline-title timeline-text"
          class="chart plot"
        >
          <title id="timeline-title">App latency, locks, throughput and backfill over the run</title>
          <desc id="timeline-text">{describe(result)}</desc>
          <StepBands result={result} frame={frame} />
          <LatencyLane result={result} frame={frame} />
          <LocksLane result={result} frame={frame} />
          <RequestsLane result={result} frame={frame} />
          <BackfillLane result={result} frame={frame} />
          <LagLane result={result} frame={frame} />
          <TimeAxis frame={frame} />
        </svg>
      </div>
      <Legend result={result} />
    </section>
  );
}

function describe(result: Result): string {
  const worst = largest(result.timeline.seconds.map(({ p99Ms }) => p99Ms ?? 0));
  const before =
    result.baseline === null ? '' : ` It was ${formatMs(result.baseline.p99Ms)} before the first step.`;
  return `The highest p99 of a second was ${formatMs(worst)}.${before}`;
}

const NARROWEST_BAND = 3;
const LABEL_ROOM = 13;

function StepBands({ result, frame }: { result: Result; frame: Frame }) {
  const bands = result.steps.flatMap(({ index, phase, fromMs, toMs }) => {
    if (fromMs === null || toMs === null) return [];
    const x = frame.x(fromMs);
    return [{ index, phase, x, width: Math.max(NARROWEST_BAND, frame.x(toMs) - x) }];
  });
  const top = frame.latency.top - 4;
  let lastLabel = -Infinity;
  return (
    <>
      {bands.map(({ index, phase, x, width }) => {
        const middle = x + width / 2;
        const labelled = middle - lastLabel >= LABEL_ROOM;
        if (labelled) lastLabel = middle;
        return (
          <>
            <rect
              x={round(x)}
              y={top}
              width={round(width)}
              height={frame.height - 24 - top}
              style={`fill:var(--${phase});opacity:.22`}
            />
            {labelled && (
              <text x={round(middle)} y={top - 8} class="t s" text-anchor="middle">
                {index}
              </text>
            )}
          </>
        );
      })}
    </>
  );
}

function TimeAxis({ frame }: { frame: Frame }) {
  const y = frame.height - 8;
  return (
    <>
      <line x1={LEFT} x2={RIGHT} y1={frame.height - 24} y2={frame.height - 24} class="g" />
      {frame.timeTicks.map((ms) => (
        <text x={round(frame.x(ms))} y={y} class="t" text-anchor="middle">
          {formatClock(ms)}
        </text>
      ))}
    </>
  );
}

function Legend({ result }: { result: Result }) {
  const phases = [...new Set(result.steps.map(({ phase }) => phase))];
  return (
    <div class="legend">
      <span>
        <i class="line" style="background:var(--p99)" />
        p99
      </span>
      <span>
        <i class="line" style="background:var(--p50)" />
        median
      </span>
      <span>
        <i style="background:var(--bad)" />
        lock that stops the app, over its budget
      </span>
      <span>
        <i style="background:var(--warn)" />
        lock that stops the app, short
      </span>
      <span>
        <i style="background:var(--backfill)" />
        lock that lets reads and writes through
      </span>
      {phases.map((phase) => (
        <span>
          <i style={`background:var(--${phase});opacity:.5`} />
          {phase}
        </span>
      ))}
    </div>
  );
}
