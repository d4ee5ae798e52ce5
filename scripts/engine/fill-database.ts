import type { SnapshotRecord } from '../artifacts/records/records.ts';
import { monotonicMs } from '../shared/clock.ts';
import type { Rehearsal } from '../plan/model.ts';
import { formatBytes, formatMs } from '../shared/text/format.ts';
import { baseContent } from '../snapshot/base/base-content.ts';
import type { ClonedBase } from '../snapshot/base/bases.ts';
import { restoreSnapshot, shownSource } from '../snapshot/restore.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import type { OnEvent } from './events.ts';

/** What is restored faster than that is not worth the room. */
const LEAST_MS = 1_000;

export interface Filling {
  readonly rehearsal: Pick<Rehearsal, 'snapshot' | 'dir' | 'environment'>;
  readonly environment: EngineEnvironment;
  /** How many connections the restore works with at a time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** What was restored faster is not kept; a second unless said otherwise. */
  readonly leastMs?: number;
}

export interface Filled {
  readonly snapshot: SnapshotRecord;
  /** To be kept as a base once the server may be stopped. */
  readonly isToKeep: boolean;
}

/**
 * Fills the empty database by a restore, which leaves the server in the mode `restore`; nothing is to do where the server began on a copy
 * of a base that an earlier run left of the same content.
 */
export async function fillDatabase(filling: Filling): Promise<Filled> {
  const { rehearsal, environment, signal, onEvent } = filling;
  const { bases } = environment;
  if (bases?.begun) {
    onEvent({ type: 'note', message: `base reused, ${saved(bases.begun)} saved` });
    return { snapshot: recordOf(bases.begun, rehearsal), isToKeep: false };
  }
  const startedMs = monotonicMs();
  await environment.switchTo('restore', signal);
  const snapshot = await restore(filling);
  const isWorthIt = monotonicMs() - startedMs >= (filling.leastMs ?? LEAST_MS);
  const isToKeep = isWorthIt && bases !== undefined && (await isStill(bases.content, snapshot, filling));
  return { snapshot, isToKeep };
}

/** Keeps what was restored; afterwards the server runs as the rehearsal configures it. */
export async function keepBase(filling: Filling, { snapshot, isToKeep }: Filled): Promise<void> {
  const { rehearsal, environment, signal, onEvent } = filling;
  if (!isToKeep || environment.bases === undefined) return;
  const source = shownSource(rehearsal.snapshot, rehearsal.dir);
  const base = { source, facts: snapshot, madeInMs: snapshot.restoreMs };
  const why = await environment.bases.keep(base, signal);
  if (why !== undefined)
    onEvent({ type: 'note', message: `the restored database is not kept for the next run: ${why}` });
}

function saved({ madeInMs, tookMs }: ClonedBase): string {
  return formatMs(Math.max(0, madeInMs - tookMs));
}

function recordOf(
  { facts, tookMs, madeInMs }: ClonedBase,
  { snapshot }: Filling['rehearsal'],
): SnapshotRecord {
  const { takenAt = null } = snapshot;
  return { ...(facts as SnapshotRecord), takenAt, restoreMs: tookMs, base: { madeInMs } };
}

/** Something may have written into the source between the look and the restore. */
async function isStill(content: string, { sha256 }: SnapshotRecord, filling: Filling): Promise<boolean> {
  const { rehearsal, signal } = filling;
  return content.endsWith(sha256) || (await baseContent(rehearsal.snapshot, signal)) === content;
}

function restore({ rehearsal, environment, jobs, signal, onEvent }: Filling): Promise<SnapshotRecord> {
  return restoreSnapshot({
    source: rehearsal.snapshot,
    dir: rehearsal.dir,
    environment: rehearsal.environment,
    enclose: environment.enclose,
    endpoint: environment.primary,
    copy: environment.copy,
    settings: environment.restoreSettings,
    scratchDir: environment.scratchDir,
    jobs,
    signal,
    onNote: (message) => {
      onEvent({ type: 'note', message });
    },
    onProgress: ({ detail: object, fraction, bytesPerSec, etaMs }) => {
      const rate = bytesPerSec === null ? '' : `, ${formatBytes(bytesPerSec)}/s`;
      onEvent({
        type: 'stage',
        stage: 'snapshot',
        state: 'progress',
        detail: `${object}${rate}`,
        fraction,
        etaMs,
      });
    },
  });
}
