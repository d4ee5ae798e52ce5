import type { BatchTriggers } from '../../artifacts/batch-record.ts';
import type { PgClient } from '../../pg/client.ts';
import { BackfillPace } from '../../artifacts/backfill-pace.ts';
import { registerAuthorText } from '../../pg/messages/public-names.ts';
import type { BackfillStep } from '../../plan/model.ts';
import { asError } from '../../shared/errors.ts';
import { requireFilled } from './backfill-left.ts';
import { formatCount, formatMs, formatShortCount } from '../../shared/format.ts';
import { BatchSize } from './batch-size.ts';
import type { OnAttempt, StepContext, StepOutcome } from '../context.ts';
import { batchEnd, readKeyRange, type BatchEnd, type KeyRange } from './key-range.ts';
import { withRetries } from '../retry.ts';
import { openSession, type MigrationSession } from '../session.ts';
import { StepFailure, stepErrorAt } from './step-failure.ts';
import { pauseForApp, type Pause } from './throttle.ts';
import { TriggerTimes } from './trigger-times.ts';

/** How often a lost connection is replaced before the step fails; the backfill goes on from the last committed key. */
const RECONNECTS = 3;

interface Progress {
  after: string | null;
  batch: number;
  rows: number;
  covered: number;
  attempts: number;
  /** Undefined until the table is known to be there. */
  triggers?: TriggerTimes;
  readonly pace: BackfillPace;
}

/** Updates a table in batches along its key, each its own transaction, of a size that keeps to the batch's target time. */
export async function runBackfillStep(
  step: BackfillStep,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  for (const part of [step.table, step.key, step.set, step.where ?? '']) registerAuthorText(part);
  const pace = new BackfillPace();
  const done: Progress = { after: null, batch: 0, rows: 0, covered: 0, attempts: 1, pace };
  const size = new BatchSize(step.batchTargetMs);
  let shown: Readonly<Record<string, string>> = {};
  for (let connection = 1; ; connection++) {
    const session = await openSession(context.login, step, context.signal);
    shown = session.shown;
    try {
      await context.watch.during({ step: step.name, heldBy: null }, () =>
        runBatches(step, context, session, done, size, onAttempt),
      );
      break;
    } catch (error) {
      context.signal.throwIfAborted();
      const lost = error instanceof StepFailure && error.lostConnection;
      if (!lost || connection > RECONNECTS) throw error;
    } finally {
      await session.close();
    }
  }
  await context.watch.during({ step: step.name, heldBy: null, isCalm: true }, () =>
    placed(step, () => requireFilled(step, done.rows, context)),
  );
  const rate = formatCount(pace.rowsPerSecond);
  return {
    attempts: done.attempts,
    summary: `${formatShortCount(done.rows)} rows in ${formatCount(done.batch)} batches, ${rate} rows/s`,
    shown,
  };
}

async function runBatches(
  step: BackfillStep,
  context: StepContext,
  session: MigrationSession,
  done: Progress,
  size: BatchSize,
  onAttempt: OnAttempt,
): Promise<void> {
  const { client } = session;
  const range = await placed(step, () => readKeyRange(client, step));
  if (range.max === null) return;
  done.triggers ??= await placed(step, () => TriggerTimes.of(client, step));
  const startedMs = context.clock.now();
  const coveredBefore = done.covered;
  let next = await placed(step, () => batchEnd(client, step, range, done.after, size.rows));
  while (done.after === null || done.after !== range.max) {
    const pause = await pauseForApp(
      step.throttleP99Ms,
      () => context.traffic.p99Ms(),
      () => context.clock.now(),
      context.signal,
      (reason) => {
        context.progress(`paused: ${reason}`, done.covered / Math.max(1, range.estimatedRows), null);
      },
    );
    // What the app wrote to the WAL in the pause does not belong to the batch.
    if (pause.pausedMs > 0)
      next = await placed(step, () => batchEnd(client, step, range, done.after, size.rows));
    const { elapsedMs, following } = await runBatch(
      ...([step, context, client, range, done, size, next, pause, onAttempt] as const),
    );
    next = following;
    report(
      step,
      context,
      range,
      done,
      elapsedMs,
      (done.covered - coveredBefore) / (context.clock.now() - startedMs),
    );
  }
}

async function runBatch(
  step: BackfillStep,
  context: StepContext,
  client: PgClient,
  range: KeyRange,
  done: Progress,
  size: BatchSize,
  next: BatchEnd,
  pause: Pause,
  onAttempt: OnAttempt,
): Promise<{ elapsedMs: number; following: BatchEnd }> {
  context.signal.throwIfAborted();
  let startMs = context.clock.now();
  let updated: Updated = { rows: 0, endMs: startMs, following: next };
  const attempts = await withRetries(
    step,
    async () => {
      startMs = context.clock.now();
      updated = await placed(step, () => updateRange(client, step, range, done, next.end, size, context));
    },
    onAttempt,
    () => context.clock.now(),
    context.signal,
  );
  const { rows, endMs, following, triggers } = updated;
  done.after = next.end;
  done.batch += 1;
  done.rows += rows;
  done.covered += next.covered;
  done.attempts = Math.max(done.attempts, attempts);
  size.learn(endMs - startMs, next.covered);
  done.pace.add({ startMs, endMs, rows, pausedMs: pause.pausedMs });
  context.batches.write({
    step: step.name,
    batch: done.batch,
    startMs,
    endMs,
    rows,
    covered: next.covered,
    estimatedTotal: range.estimatedRows,
    walBytes: Math.max(0, following.walPosition - next.walPosition),
    pausedMs: pause.pausedMs,
    pauseReason: pause.reason,
    attempts,
    ...(triggers === undefined ? {} : { triggers }),
  });
  return { elapsedMs: endMs - startMs, following };
}

interface Updated {
  readonly rows: number;
  /** When the UPDATE's answer, and so its commit, was there. */
  readonly endMs: number;
  /** The batch after it. */
  readonly following: BatchEnd;
  /** Undefined where they were not measured. */
  readonly triggers?: BatchTriggers;
}

/**
 * One batch. Where the next one ends is asked in the same flight, so that the server goes from batch to batch without
 * waiting for us; its size is then what the batch before the last one taught.
 */
async function updateRange(
  client: PgClient,
  step: BackfillStep,
  range: KeyRange,
  { after, triggers }: Progress,
  end: string,
  size: BatchSize,
  { clock }: StepContext,
): Promise<Updated> {
  const { table, key, set, where } = step;
  const from = after === null ? '' : ` and ${key} > $2::${range.type}`;
  const still = where === undefined ? '' : ` and (${where})`;
  const sql = `update ${table} set ${set} where ${key} <= $1::${range.type}${from}${still}`;
  const parameters = after === null ? [end] : [end, after];
  const updating = (triggers ?? TriggerTimes.NONE)
    .update(client, sql, parameters)
    .then((answer) => ({ ...answer, endMs: clock.now() }));
  // Either both are answered or the batch is not known to be done.
  const asking = batchEnd(client, step, range, end, size.rows);
  const [update, following] = await Promise.allSettled([updating, asking]);
  if (update.status === 'rejected') throw update.reason;
  if (following.status === 'rejected') throw following.reason;
  return { ...update.value, following: following.value };
}

function report(
  step: BackfillStep,
  context: StepContext,
  range: KeyRange,
  done: Progress,
  batchMs: number,
  rowsPerMs: number,
): void {
  const total = Math.max(range.estimatedRows, done.covered, 1);
  const fraction = done.covered / total;
  // Below 1 % the rate says nothing yet.
  const etaMs = fraction >= 0.01 && rowsPerMs > 0 ? (total - done.covered) / rowsPerMs : null;
  context.progress(`${formatCount(rowsPerMs * 1000)} rows/s  batch ${formatMs(batchMs)}`, fraction, etaMs);
}

/** An error of PostgreSQL inside a backfill names the step's table; there is no file to point at. */
async function placed<T>(step: BackfillStep, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    const told = stepErrorAt(error, null);
    throw new StepFailure({ ...told, message: `backfill of ${step.table}: ${told.message}` }, asError(error));
  }
}
