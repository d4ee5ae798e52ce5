import type { BatchTriggers } from '../../artifacts/records/of-plan/batch-record.ts';
import type { PgClient } from '../../pg/client.ts';
import { BackfillPace } from '../../artifacts/backfill-pace.ts';
import { registerAuthorText } from '../../pg/messages/public-names.ts';
import type { BackfillStep } from '../../plan/model.ts';
import { asError } from '../../shared/errors.ts';
import { requireFilled } from '../backfill/backfill-left.ts';
import { formatCount, formatMs, formatShortCount } from '../../shared/text/format.ts';
import { BatchSize } from '../backfill/batch-size.ts';
import type { OnAttempt, StepContext, StepOutcome } from '../context.ts';
import type { Condition, Position } from '../backfill/backfill-key.ts';
import { batchEnd, type BatchEnd } from '../backfill/batch-end.ts';
import { between, readKeyRange, type KnownRange } from '../backfill/key-range.ts';
import { BackfillCutOff, BackfillCuts } from '../interruption/backfill-cuts.ts';
import { cutOften, goOn, judged, knownBatch, type CutProgress } from '../interruption/cut-backfill.ts';
import { withRetries } from '../session/retry.ts';
import { openSession, type MigrationSession } from '../session/session.ts';
import { StepFailure, stepErrorAt } from '../session/step-failure.ts';
import { xidNow } from '../backfill/untouched.ts';
import { AppThrottle, type Pause } from '../backfill/throttle.ts';
import { TriggerTimes } from '../backfill/trigger-times.ts';

/** How often a lost connection is replaced before the step fails; the backfill goes on from the last committed key. */
const RECONNECTS = 3;

interface BackfillProgress extends CutProgress {
  batch: number;
  rows: number;
  /** Undefined until the table is known to be there. */
  triggers?: TriggerTimes;
  readonly pace: BackfillPace;
}

/** One backfill over all its sessions. */
interface BackfillRun {
  readonly step: BackfillStep;
  readonly context: StepContext;
  readonly onAttempt: OnAttempt;
  readonly done: BackfillProgress;
  readonly size: BatchSize;
}

/** What one session does of it. */
interface SessionRun extends BackfillRun {
  readonly session: MigrationSession;
  readonly client: PgClient;
  readonly range: KnownRange;
}

/** Updates a table in batches along its key, each its own transaction, of a size that keeps to the batch's target time. */
export async function runBackfillStep(
  step: BackfillStep,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  for (const part of [step.table, ...step.key, step.set, step.where ?? '']) registerAuthorText(part);
  const pace = new BackfillPace();
  const since = await xidNow(context);
  const cuts = step.cut && new BackfillCuts(step.cut, step, context, since);
  const done: BackfillProgress = { after: null, batch: 0, rows: 0, covered: 0, attempts: 1, pace, cuts };
  const run = { step, context, onAttempt, done, size: new BatchSize(step.batchTargetMs) };
  const shown = await judged(done, context, () => runSessions(run));
  await context.watch.during({ step: step.name, heldBy: null, isCalm: true }, () =>
    placed(step, () => requireFilled(step, done, since, context)),
  );
  const rate = formatCount(pace.rowsPerSecond);
  return {
    attempts: done.attempts + (cuts?.count ?? 0),
    summary: `${formatShortCount(done.rows)} rows in ${formatCount(done.batch)} batches, ${rate} rows/s${cutOften(cuts)}`,
    shown,
  };
}

/** Session after session until it is done. */
async function runSessions(run: BackfillRun): Promise<Readonly<Record<string, string>>> {
  const { step, context, done, onAttempt } = run;
  for (let lost = 0; ;) {
    const session = await openSession(context.login, step, context.signal);
    try {
      await context.watch.during({ step: step.name, heldBy: null }, () => runBatches(run, session));
      return session.shown;
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof BackfillCutOff) await goOn(done, context, onAttempt);
      else {
        lost += 1;
        if (!(error instanceof StepFailure && error.lostConnection) || lost > RECONNECTS) throw error;
      }
    } finally {
      await session.close();
      context.schema.touched.addUnseen();
    }
  }
}

async function runBatches(run: BackfillRun, session: MigrationSession): Promise<void> {
  const { step, context, done, size } = run;
  const { client } = session;
  const { ends, ...read } = await placed(step, () => readKeyRange(client, step));
  done.range = { ...read, ends };
  if (ends === undefined) return;
  const inSession: SessionRun = { ...run, session, client, range: { ...read, ends } };
  const { estimatedRows } = read;
  done.triggers ??= await placed(step, () => TriggerTimes.of(client, step));
  const startedMs = context.clock.now();
  const coveredBefore = done.covered;
  const endOfNext = (): Promise<BatchEnd> => placed(step, () => batchEnd(inSession, done.after, size.rows));
  const throttle = new AppThrottle(step.throttleP99Ms);
  let next = await endOfNext();
  let batchMs = 0;
  for (let isLast = false; !isLast;) {
    const pause = await throttle.pause(batchMs, {
      p99Ms: () => context.traffic.p99Ms(),
      now: () => context.clock.now(),
      signal: context.signal,
      onPause: (reason) => {
        context.progress(`paused: ${reason}`, done.covered / Math.max(1, estimatedRows), null);
      },
    });
    // What the app wrote to the WAL in the pause does not belong to the batch.
    if (pause.pausedMs > 0) next = await endOfNext();
    const { elapsedMs, following } = await runBatch(inSession, next, pause);
    ({ isLast } = next);
    next = following;
    batchMs = elapsedMs;
    report(inSession, elapsedMs, (done.covered - coveredBefore) / (context.clock.now() - startedMs));
  }
}

async function runBatch(
  run: SessionRun,
  next: BatchEnd,
  pause: Pause,
): Promise<{ elapsedMs: number; following: BatchEnd }> {
  const { step, context, session, range, done, size, onAttempt } = run;
  context.signal.throwIfAborted();
  const covered = (done.covered + next.covered) / Math.max(1, range.estimatedRows);
  const share = next.isLast ? 1 : covered;
  const rows = between(range, done.after, next.end);
  await done.cuts?.strike({ sql: batchSql(step, rows), rows, range, session, share });
  const now = (): number => context.clock.now();
  let startMs = now();
  let updated: Updated = { changed: 0, endMs: startMs, following: next };
  const attempts = await withRetries(
    step,
    async () => {
      startMs = now();
      updated = await placed(step, () => updateRows(run, rows, next.end));
    },
    { onAttempt, now, signal: context.signal },
  );
  const { changed, endMs, following, triggers } = updated;
  done.after = next.end;
  done.batch += 1;
  done.rows += changed;
  done.covered += next.covered;
  done.attempts = Math.max(done.attempts, attempts);
  size.learn(endMs - startMs, next.covered);
  done.pace.add({ startMs, endMs, rows: changed, pausedMs: pause.pausedMs });
  context.batches.write({
    step: step.name,
    batch: done.batch,
    startMs,
    endMs,
    rows: changed,
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
  readonly changed: number;
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
async function updateRows(run: SessionRun, rows: Condition, end: Position): Promise<Updated> {
  const { step, client, done, size, context } = run;
  const { cuts, triggers } = done;
  const sql = batchSql(step, rows);
  const update = (): ReturnType<TriggerTimes['update']> =>
    (triggers ?? TriggerTimes.NONE).update(client, sql, rows.values);
  const updating = (cuts === undefined ? update() : knownBatch(client, cuts, update)).then(
    ({ rows: changed, ...more }) => ({
      ...more,
      changed,
      endMs: context.clock.now(),
    }),
  );
  // Either both are answered or the batch is not known to be done.
  const asking = batchEnd(run, end, size.rows);
  const [updated, following] = await Promise.allSettled([updating, asking]);
  if (updated.status === 'rejected') throw updated.reason;
  if (following.status === 'rejected') throw following.reason;
  return { ...updated.value, following: following.value };
}

function batchSql({ table, set, where }: BackfillStep, { sql }: Condition): string {
  const still = where === undefined ? '' : ` and (${where}\n)`;
  return `update ${table} set ${set}\n where ${sql}${still}`;
}

function report({ context, range, done }: SessionRun, batchMs: number, rowsPerMs: number): void {
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
