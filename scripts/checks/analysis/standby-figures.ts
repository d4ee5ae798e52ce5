import type { ServerRecord } from '../../artifacts/records/records.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { lastMomentMs, loadEndMs, planStartMs, stepAt, type StepRun } from './step-runs.ts';

/** The largest of one kind of lag; null = never seen. */
interface WorstLag {
  readonly ms: number | null;
  readonly bytes: number | null;
}

/** A time in which no standby streamed. */
export interface StandbyGap {
  /** When it was first missed. */
  readonly fromMs: number;
  /** When it streamed again; null = not before the load ended. */
  readonly toMs: number | null;
  /** Had it streamed before? Else it was only not there yet. */
  readonly wasThere: boolean;
  readonly step: StepRun | null;
}

/** How far the standby was behind between the start of the first step and the end of the load. */
export interface StandbyFigures {
  readonly write: WorstLag;
  readonly flush: WorstLag;
  readonly replay: WorstLag;
  /** Where the replay lag was largest; null where none was seen. */
  readonly peak: { readonly tMs: number; readonly lagMs: number; readonly step: StepRun | null } | null;
  readonly gaps: readonly StandbyGap[];
}

/** Null where the rehearsal asked for no standby or its target has none, or the server was not watched. */
export function standbyFigures(evidence: Evidence, steps: readonly StepRun[]): StandbyFigures | null {
  const { server } = evidence;
  if (server === undefined || (!hadStandby(evidence) && !server.some(streams))) return null;
  const fromMs = planStartMs(steps) ?? Infinity;
  const toMs = loadEndMs(evidence) ?? lastMomentMs(evidence);
  const judged = server.filter(({ tMs }) => tMs >= fromMs && tMs <= toMs);
  const peak = judged
    .flatMap((record) => {
      const lagMs = replayLag(record);
      return lagMs === null ? [] : [{ tMs: record.tMs, lagMs }];
    })
    .reduce<{ tMs: number; lagMs: number } | null>(
      (most, one) => (most !== null && most.lagMs >= one.lagMs ? most : one),
      null,
    );
  return {
    write: worst(judged, 'writeLagMs', 'writeLagBytes'),
    flush: worst(judged, 'flushLagMs', 'flushLagBytes'),
    replay: worst(judged, 'replayLagMs', 'replayLagBytes'),
    peak: peak && { ...peak, step: stepAt(steps, peak.tMs) },
    gaps: gaps(judged, server.find(streams)?.tMs ?? Infinity, steps),
  };
}

/** Older runs do not tell which hosts they had. */
function hadStandby({ run, environment }: Evidence): boolean {
  return run.standby && environment?.hostInfo?.some(({ role }) => role === 'standby') !== false;
}

type LagKey = Exclude<keyof ServerRecord, 'tMs' | 'walBytes' | 'databaseBytes'>;

function worst(records: readonly ServerRecord[], ms: LagKey, bytes: LagKey): WorstLag {
  const most = (key: LagKey): number | null =>
    records.reduce<number | null>((max, { [key]: value }) => {
      return value == null ? max : Math.max(max ?? 0, value);
    }, null);
  return { ms: most(ms), bytes: most(bytes) };
}

function streams({ replayLagMs, replayLagBytes }: ServerRecord): boolean {
  return replayLagMs !== null || replayLagBytes !== null;
}

/** In older runs an idle standby has no lag in time, but one of 0 bytes. */
function replayLag({ replayLagMs, replayLagBytes }: ServerRecord): number | null {
  return replayLagMs ?? (replayLagBytes === 0 ? 0 : null);
}

function gaps(judged: readonly ServerRecord[], firstSeenMs: number, steps: readonly StepRun[]): StandbyGap[] {
  return judged.flatMap((record, at): StandbyGap[] => {
    const before = judged[at - 1];
    const begins = !streams(record) && (before === undefined || streams(before));
    if (!begins) return [];
    const { tMs } = record;
    const back = judged.slice(at).find(streams);
    return [{ fromMs: tMs, toMs: back?.tMs ?? null, wasThere: firstSeenMs < tMs, step: stepAt(steps, tMs) }];
  });
}
