import type { Result } from '../../../checks/result/contract/result.ts';
import { formatClock, formatMs } from '../../../shared/text/format.ts';
import { largest } from '../../facts/facts.ts';
import { watchSentences } from '../../facts/watch-facts.ts';
import { companyLines } from '../../facts/company-facts.ts';
import { ActorsLane } from './actors-lane.tsx';
import { BackfillLane } from './backfill-lane.tsx';
import { frameOf, type Frame } from './chart-frame.ts';
import { NARROW, WIDE, type ChartSize } from './chart-size.ts';
import { round, textWidth } from './drawing.ts';
import { ErrorsLane } from './errors-lane.tsx';
import { LagLane } from './lag-lane.tsx';
import { LatencyLane } from './latency-lane.tsx';
import { Legend } from './legend.tsx';
import { LocksLane } from './locks-lane.tsx';
import { NoiseLane } from './noise-lane.tsx';
import { RequestsLane } from './requests-lane.tsx';
import { WatchLane } from './watch-lane.tsx';
import { StepBands } from './step-bands.tsx';

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
  return (
    <section>
      <h2>What the app felt</h2>
      <Chart result={result} size={WIDE} />
      <Chart result={result} size={NARROW} />
      <Legend result={result} frame={frameOf(result, WIDE)} />
      {watchSentences(result).map((sentence) => (
        <p>{sentence}</p>
      ))}
      <Company result={result} />
    </section>
  );
}

/** Who else was there, in words. */
function Company({ result }: { result: Result }) {
  const lines = companyLines(result);
  if (lines.length === 0) return null;
  return (
    <>
      <p>In the company of:</p>
      <ul>
        {lines.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
    </>
  );
}

function Chart({ result, size }: { result: Result; size: ChartSize }) {
  const frame = frameOf(result, size);
  const id = `timeline-${size.id}`;
  return (
    <svg
      viewBox={`0 0 ${size.width} ${frame.height}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-text`}
      class={`chart ${size.id}`}
    >
      <title id={`${id}-title`}>App latency, locks, throughput and backfill over the run</title>
      <desc id={`${id}-text`}>{describe(result)}</desc>
      <StepBands frame={frame} />
      <LatencyLane result={result} frame={frame} />
      <LocksLane frame={frame} />
      <ActorsLane result={result} frame={frame} />
      <RequestsLane result={result} frame={frame} />
      <ErrorsLane frame={frame} />
      <BackfillLane result={result} frame={frame} />
      <WatchLane result={result} frame={frame} />
      <LagLane result={result} frame={frame} />
      <NoiseLane result={result} frame={frame} />
      <TimeAxis frame={frame} />
    </svg>
  );
}

function describe({ timeline, baseline }: Result): string {
  const known = timeline.seconds.flatMap(({ p99Ms }) => (p99Ms === null ? [] : [p99Ms]));
  if (known.length === 0) return 'No request was answered.';
  const before = baseline === null ? '' : ` It was ${formatMs(baseline.p99Ms)} before the first step.`;
  return `The highest p99 of a second was ${formatMs(largest(known))}.${before}`;
}

function TimeAxis({ frame }: { frame: Frame }) {
  const { left, right, width } = frame.size;
  return (
    <>
      <line x1={left} x2={right} y1={frame.bottom} y2={frame.bottom} class="g" />
      {frame.timeTicks.map((ms) => {
        const text = formatClock(ms);
        const half = textWidth(text) / 2;
        const x = Math.min(frame.x(ms), width - half);
        return (
          <text x={round(x)} y={frame.height - 6} class="t" text-anchor="middle">
            {text}
          </text>
        );
      })}
    </>
  );
}
