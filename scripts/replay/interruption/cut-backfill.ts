import type { PgClient } from '../../pg/client.ts';
import { plural } from '../../shared/text/format.ts';
import type { OnAttempt, StepContext } from '../context.ts';
import { StepFailure } from '../session/step-failure.ts';
import type { Position } from '../backfill/backfill-key.ts';
import type { KeyRange } from '../backfill/key-range.ts';
import type { BackfillCuts } from './backfill-cuts.ts';

/** How far a backfill has come, as far as a cut moves it or tells of it. */
export interface CutProgress {
  /** The last key that is done; null = none. */
  after: Position | null;
  /** Rows from the first key to that one. */
  covered: number;
  attempts: number;
  /** Of one that is to be cut off. */
  readonly cuts?: BackfillCuts | undefined;
  /** Of the last session that came so far. */
  range?: KeyRange;
}

/** After a cut: where the next session begins, and what of that has been done before. */
export async function goOn(done: CutProgress, { clock }: StepContext, onAttempt: OnAttempt): Promise<void> {
  const { cuts, range } = done;
  if (cuts === undefined || range?.ends === undefined) return;
  if (cuts.forgets) {
    done.after = null;
    done.covered = 0;
  }
  await cuts.goesOn(done.after, { ...range, ends: range.ends });
  await onAttempt({ attempt: cuts.count, tMs: clock.now(), error: cuts.error, pauseMs: 0 });
}

/** Records what the cuts of a backfill came to, also where it failed behind one. */
export async function judged<T>(
  done: CutProgress,
  { steps, signal }: StepContext,
  work: () => Promise<T>,
): Promise<T> {
  const { cuts } = done;
  const record = async (failure: StepFailure | undefined): Promise<void> => {
    if (cuts === undefined || cuts.count === 0) return;
    steps.write(await cuts.record(done.range, failure?.error ?? null, done.attempts + cuts.count));
  };
  try {
    const result = await work();
    await record(undefined);
    return result;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StepFailure && !error.lostConnection) await record(error);
    throw error;
  }
}

/** A batch in a transaction that tells its id. */
export async function knownBatch<T>(
  client: PgClient,
  cuts: BackfillCuts,
  update: () => Promise<T>,
): Promise<T> {
  const begun = client.query('begin');
  const updating = update();
  const asking = client.query<{ xid: string | null }>(
    'select (pg_catalog.txid_current_if_assigned() % 4294967296)::text as xid',
  );
  const committing = client.query('commit');
  const [, updated, asked, committed] = await Promise.allSettled([begun, updating, asking, committing]);
  if (updated.status === 'rejected') throw updated.reason;
  if (committed.status === 'rejected') throw committed.reason;
  cuts.committed(asked.status === 'fulfilled' ? (asked.value.rows[0]?.xid ?? null) : null);
  return updated.value;
}

export function cutOften(cuts: BackfillCuts | undefined): string {
  return cuts === undefined || cuts.count === 0 ? '' : `, cut off ${plural(cuts.count, 'time')}`;
}
