import type { InterruptionRecord, StatementRecord, StepError } from '../../artifacts/records/records.ts';
import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import type { Cut } from '../../plan/model.ts';
import { sleep } from '../../shared/clock.ts';
import { statementsOf } from '../session/capture-rights.ts';
import type { StepContext } from '../context.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import type { UnitRun } from '../session/unit-run.ts';
import { REFUSED_IN_BLOCK } from '../session/run-unit.ts';
import { failureAt, identity } from '../session/statement-record.ts';
import { answer, type Answer } from '../session/answer.ts';
import type { PlacedStatement, Unit } from '../session/units.ts';
import type { Backend } from './backend.ts';

/** So long the next try waits for what the server still does for a client that is gone. */
export const GOES_ON_MS = 60_000;
/** CONCURRENTLY: before they are over they wait for whoever could still need the table without the index. */
const WAITS_FOR_SNAPSHOTS = new Set(['IndexStmt', 'ReindexStmt']);
/** When a statement is cut off that no snapshot holds up. */
export const RUNNING_MS = 500;

/** A unit that is cut off, and how. */
interface UnitCut {
  readonly unit: Unit;
  /** As of CutPlace. */
  readonly before: number;
  readonly how: Cut;
  readonly run: UnitRun;
  readonly backend: Backend;
  readonly context: StepContext;
}

/** What is known of a cut as soon as it has been made. */
export interface Cutting extends Pick<InterruptionRecord, 'tMs' | 'moment'> {
  readonly statement: PlacedStatement;
  readonly error: StepError;
  /** From when to when the server was away, where it crashed. */
  readonly down?: Interval | undefined;
}

export const CUT_ERRORS: Readonly<Record<Cut, Pick<StepError, 'sqlstate' | 'message'>>> = {
  session: { sqlstate: '57P01', message: 'cut off on purpose: its session was ended' },
  client: { sqlstate: null, message: 'cut off on purpose: its client was gone' },
  server: { sqlstate: '57P02', message: 'cut off on purpose: its server crashed' },
};

/**
 * Runs a unit as far as it is to come, and cuts it off there.
 * @throws StepFailure where it fails by itself before
 */
export async function cutUnit(cut: UnitCut): Promise<Cutting> {
  const { unit, run, how } = cut;
  const [first] = statementsOf(unit);
  if (first === undefined) throw new TypeError('a unit without a statement');
  const isAlone = unit.kind === 'bare' || (unit.kind === 'statement' && how === 'client');
  if (isAlone) return cutStatement(first, cut);
  const { statements, begin, isOpen, end } =
    unit.kind === 'block'
      ? unit
      : { statements: [unit.statement], begin: 'BEGIN', isOpen: false, end: 'COMMIT' };
  if (!isOpen || !run.isFirstTry) failOn(await answer(run, begin), first);
  const isCommit = cut.before === statements.length;
  const whole = statements.slice(0, how === 'client' ? cut.before : cut.before + 1);
  const records: Sent[] = [];
  for (const statement of whole) {
    const sentMs = run.clock.now();
    const said = await answer(run, statement);
    records.push({ statement, sentMs, said });
    if (said.error === undefined) continue;
    await answer(run, 'ROLLBACK');
    const failure = failureAt(said.error, statement);
    const isRefused = unit.kind === 'statement' && REFUSED_IN_BLOCK.has(failure.error.sqlstate);
    if (isRefused) return cutStatement(statement, cut);
    throw failure;
  }
  if (how !== 'client') {
    const down = await cut.backend.end(how);
    return told('open', records, cut, down);
  }
  const last = (isCommit ? statements.at(-1) : statements[cut.before]) ?? first;
  const next = isCommit ? (end ?? 'COMMIT') : last;
  const sentMs = run.clock.now();
  const sending = answer(run, next);
  const said = await leave(sending, last, cut).catch(async (failure: unknown) => {
    await answer(run, 'ROLLBACK');
    throw failure;
  });
  if (!isCommit) records.push({ statement: last, sentMs, said });
  return told(isCommit ? 'committing' : said === null ? 'running' : 'open', records, cut);
}

/** One statement in a transaction of its own, or in none. */
async function cutStatement(statement: PlacedStatement, cut: UnitCut): Promise<Cutting> {
  const { run, how, context, backend } = cut;
  if (how === 'client') {
    const sentMs = run.clock.now();
    const said = await leave(answer(run, statement), statement, cut);
    return told(said === null ? 'running' : 'done', [{ statement, sentMs, said }], cut);
  }
  const holder = await connect(context.primary, 'probe', context);
  try {
    // What is done concurrently waits for older snapshots before it is over, and by then has committed half of it.
    const pid = await holdSnapshot(holder);
    const sentMs = run.clock.now();
    const sending = answer(run, statement);
    const said = await firstOf(sending, context.signal, (signal) =>
      WAITS_FOR_SNAPSHOTS.has(statement.node) ? backend.waitsFor(pid, signal) : sleep(RUNNING_MS, signal),
    );
    if (said !== null) failOn(said, statement);
    const down = await backend.end(how);
    return told(said === null ? 'running' : 'done', [{ statement, sentMs, said }], cut, down);
  } finally {
    await closeQuietly(holder);
  }
}

/** The client is gone as soon as the server has begun with what it was sent. Null = without an answer. */
async function leave(
  sending: Promise<Answer>,
  statement: PlacedStatement,
  { run, backend, context }: UnitCut,
): Promise<Answer | null> {
  const said = await firstOf(sending, context.signal, (signal) => backend.busy(signal));
  if (said !== null) failOn(said, statement);
  run.session.client.connection.stream.destroy();
  return said;
}

/** The answer, or null where what is waited for comes before it. */
export async function firstOf<T>(
  sending: Promise<T>,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<T | null> {
  const stop = new AbortController();
  const waiting = wait(AbortSignal.any([signal, stop.signal])).then(() => null);
  try {
    return await Promise.race([sending, waiting]);
  } finally {
    stop.abort(new Error('no longer needed'));
    await waiting.catch(() => undefined);
  }
}

/** @returns the process id of the session that has it */
export async function holdSnapshot(holder: PgClient): Promise<number> {
  await holder.query('begin isolation level repeatable read');
  const { rows } = await holder.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

function failOn({ error }: Answer, statement: PlacedStatement): void {
  if (error !== undefined) throw failureAt(error, statement);
}

interface Sent {
  readonly statement: PlacedStatement;
  readonly sentMs: number;
  /** Null = nobody heard it. */
  readonly said: Answer | null;
}

/** Records what was sent, the last of it as what was cut off. */
function told(
  moment: Cutting['moment'],
  records: readonly Sent[],
  { run, how, unit }: UnitCut,
  down?: Interval,
): Cutting {
  // A server that crashed has no locks any more, long before it is back.
  const tMs = down?.fromMs ?? run.clock.now();
  const last = records.at(-1)?.statement ?? statementsOf(unit)[0];
  if (last === undefined) throw new TypeError('a unit without a statement');
  const { file, line } = last;
  const error: StepError = { ...CUT_ERRORS[how], hint: null, file, line, excerpt: null };
  for (const { statement, sentMs, said } of records) {
    if (statement.control !== null) continue;
    const isLast = statement === last;
    run.write({
      ...identity(statement, run),
      command: isLast ? null : (said?.command ?? null),
      sentMs,
      respondedMs: Math.min(said?.atMs ?? tMs, tMs),
      releasedMs: tMs,
      rows: said?.rowCount ?? null,
      ...NOTHING_SEEN,
      error: isLast ? error : null,
    });
  }
  return { tMs, moment, statement: last, error, down };
}

const NOTHING_SEEN: Pick<
  StatementRecord,
  'capture' | 'locks' | 'newLocks' | 'rewrote' | 'walBytes' | 'sizeChangeBytes'
> = { capture: 'outside', locks: [], newLocks: [], rewrote: [], walBytes: null, sizeChangeBytes: null };
