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
  /** What to keep as a base once the server may be stopped; undefined where nothing is to be kept. */
  readonly content: string | undefined;
}

/**
 * Fills the empty database: by a copy of a base where an earlier run left one of the same content, else by a restore. The server
 * runs as the rehearsal configures it after the one, and in the mode `restore` after the other.
 */
export async function fillDatabase(filling: Filling): Promise<Filled> {
  const { rehearsal, environment, signal, onEvent } = filling;
  const { bases } = environment;
  const content = bases && (await baseContent(rehearsal.snapshot, signal));
  const base = content === undefined ? undefined : await bases?.use(content, signal);
  if (base) {
    onEvent({ type: 'note', message: `base reused, ${saved(base)} saved` });
    return { snapshot: recordOf(base, rehearsal), content: undefined };
  }
  const startedMs = monotonicMs();
  await environment.switchTo('restore', signal);
  const snapshot = await restore(filling);
  const isWorthIt = monotonicMs() - startedMs >= (filling.leastMs ?? LEAST_MS);
  const mayKeep = isWorthIt && content !== undefined && (await isStill(content, snapshot, filling));
  return { snapshot, content: mayKeep ? content : undefined };
}

/** Keeps what was restored; afterwards the server runs as the rehearsal configures it. */
export async function keepBase(filling: Filling, { snapshot, content }: Filled): Promise<void> {
  const { rehearsal, environment, signal, onEvent } = filling;
  if (content === undefined || environment.bases === undefined) return;
  const source = shownSource(rehearsal.snapshot, rehearsal.dir);
  const base = { content, source, facts: snapshot, madeInMs: snapshot.restoreMs };
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
