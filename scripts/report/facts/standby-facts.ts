import type { Result } from '../../checks/result/contract/result.ts';
import { formatBytes, formatClock, formatMs } from '../../shared/text/format.ts';
import { stepLabel } from './facts.ts';

/** What renderers say of the standby, as sentences; none where the rehearsal had no standby. */
export function standbySentences(result: Result): string[] {
  const { standby } = result;
  if (standby === null) return [];
  return [furthest(result, standby), ...standby.gaps.map(gapSentence)];
}

type Standby = NonNullable<Result['standby']>;

function furthest({ steps, checks }: Result, { replayLagMs, peakMs, peakStep }: Standby): string {
  if (replayLagMs === null || peakMs === null) return 'No standby was seen streaming while the plan ran.';
  const budget = checks.find(({ id }) => id === 'replicationLag')?.budget ?? null;
  const allowed = budget === null ? 'no budget' : `budget ${formatMs(budget)}`;
  const step = steps.find(({ name }) => name === peakStep);
  const place = step === undefined ? '' : ` in step ${stepLabel(step)}`;
  if (replayLagMs === 0) return `The standby was never behind (${allowed}).`;
  return `The standby was furthest behind${place}, ${formatMs(replayLagMs)} at ${formatClock(peakMs)} of the run (${allowed}).`;
}

function gapSentence({ fromMs, toMs }: Standby['gaps'][number]): string {
  const from = `No standby streamed from ${formatClock(fromMs)}`;
  return toMs === null ? `${from} on.` : `${from} to ${formatClock(toMs)}.`;
}

/** The largest lags: what had to happen to the WAL, how late, how much of it. */
export function lagRows({ standby }: Result): { what: string; ms: string; bytes: string }[] {
  if (standby === null) return [];
  const { writeLagMs, flushLagMs, replayLagMs, writeLagBytes, flushLagBytes, replayLagBytes } = standby;
  return (
    [
      ['written', writeLagMs, writeLagBytes],
      ['flushed', flushLagMs, flushLagBytes],
      ['replayed', replayLagMs, replayLagBytes],
    ] as const
  ).flatMap(([what, ms, bytes]) =>
    ms === null
      ? []
      : [{ what, ms: formatMs(ms), bytes: bytes === null ? 'not measured' : formatBytes(bytes) }],
  );
}
