import type { Result } from '../../../checks/result/contract/result.ts';
import { formatMs } from '../../../shared/text/format.ts';
import type { Frame } from './chart-frame.ts';
import { lagKinds, type LagKind } from './lag-lane.tsx';
import { limitOf, type LockTone } from '../tables/lock-rows.ts';
import { watchers } from './watched-points.ts';
import { pausesOf } from '../tables/backfill-columns.ts';

const LAG_WORDS: Record<LagKind, string> = {
  write: 'lag until WAL is written on the standby',
  flush: 'until it is flushed',
  replay: 'until it is replayed',
};

/** What the colours mean, of those that the chart has. */
export function Legend({ result, frame }: { result: Result; frame: Frame }) {
  const tones = new Set(frame.lockRows.flatMap(({ bars }) => bars.map(({ tone }) => tone)));
  const phases = [...new Set(frame.bands.map(({ phase }) => phase))];
  const words: Record<LockTone, string> = {
    over: `lock that stops the app for more than ${formatMs(limitOf(result))}`,
    stops: 'lock that stops reads and writes, short',
    writes: 'lock that stops writes, short',
    lets: 'lock that lets reads and writes through',
  };
  const shown = (['over', 'stops', 'writes', 'lets'] as const).filter((tone) => tones.has(tone));
  return (
    <div class="legend">
      <Key mark="line p99k" text="p99" />
      <Key mark="line p50k" text="median" />
      {shown.map((tone) => (
        <Key mark={`k-${tone}`} text={words[tone]} />
      ))}
      {tones.size > 0 && <Key mark="k-wait" text="paler: waiting for it" />}
      {frame.actors !== null && <Key mark="k-who" text="an actor is there" />}
      {pausesOf(result.timeline.batches, frame.x).length > 0 && <Key mark="k-pause" text="backfill paused" />}
      {frame.watch !== null && <Key mark="line watchk" text={`rows that ${watchers(result)} found`} />}
      {frame.lag !== null &&
        lagKinds(result).map((kind) => <Key mark={`line ${kind}k`} text={LAG_WORDS[kind]} />)}
      {frame.lag !== null && (result.standby?.gaps ?? []).length > 0 && (
        <Key mark="k-gone" text="no standby streamed" />
      )}
      {frame.noise !== null && <Key mark="k-noise" text="processors that others took" />}
      {frame.noise !== null && <Key mark="line pressurek" text="time in which somebody waited for one" />}
      {phases.map((phase) => (
        <Key mark={`k-phase k-${phase}`} text={phase} />
      ))}
    </div>
  );
}

function Key({ mark, text }: { mark: string; text: string }) {
  return (
    <span>
      <i class={mark} />
      {text}
    </span>
  );
}
