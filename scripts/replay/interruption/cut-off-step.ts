import type { InterruptionRecord } from '../../artifacts/records/records.ts';
import { Random } from '../../load/chance/random.ts';
import type { Cut } from '../../plan/model.ts';
import { readUnfinished } from '../../probes/schema-watch/read-unfinished.ts';
import type { StepOutcome } from '../context.ts';
import { SqlSession, type SqlRun } from '../session/sql-session.ts';
import { StepFailure } from '../session/step-failure.ts';
import type { Unit } from '../session/units.ts';
import { Backend } from './backend.ts';
import { drawCutPlace, fileOf, firstUnitAgain, type CutPlace } from './cut-place.ts';
import { cutUnit, GOES_ON_MS, type Cutting } from './cut-unit.ts';
import { goOnByHand } from './go-on-by-hand.ts';

/**
 * Cuts a step off at a place that the seed draws, and runs it again as its tool would. Where it cannot be repeated, it is brought to
 * its end as people would by hand, so that the steps behind it can be rehearsed all the same.
 */
export async function runCutOff(how: Cut, units: readonly Unit[], run: SqlRun): Promise<StepOutcome> {
  const { step, context, onAttempt } = run;
  const random = new Random(context.rehearsal.load.seed, `cut off ${how} ${step.name}`);
  const place = drawCutPlace(units, how, random);
  const first = await playUntilCut(how, units, place, run);
  const { cutting, attempts: attempt } = first;
  await onAttempt({ attempt, tMs: cutting.tMs, error: cutting.error, pauseMs: 0 });

  const from = firstUnitAgain(units, place, step);
  const second = await playAgain(units.slice(from), attempt, run);
  const failedAt = second.failure === undefined ? null : from + second.played;
  const { statement, tMs, moment } = cutting;
  const record: InterruptionRecord = {
    type: 'interruption',
    step: step.name,
    how,
    tMs,
    moment,
    attempt,
    index: statement.index,
    file: statement.file,
    line: statement.line,
    serverWentOnMs: first.serverWentOnMs,
    ...(first.advisoryLocks > 0 && { advisoryLocks: first.advisoryLocks }),
    againFrom: from === 0 ? null : ((units[from] && fileOf(units[from])) ?? null),
    error: second.failure?.error ?? null,
    failedIndex: second.failedIndex,
    secondAttempt: second.attempts,
    ...(cutting.down === undefined ? {} : { downs: [cutting.down] }),
  };
  context.steps.write(record);
  const said = second.failure === undefined ? 'went through' : `failed: ${sqlstateOf(second.failure)}`;
  const summary = `${run.figures.summary}, cut off once, and the second try ${said}`;
  if (second.failure === undefined || failedAt === null)
    return { attempts: second.attempts, summary, shown: second.shown };
  const { attempts } = second;
  await onAttempt({ attempt: attempts, tMs: context.clock.now(), error: second.failure.error, pauseMs: 0 });
  const last = await goOnByHand(units, { place, how, failedAt, attempts, unfinished: first.unfinished }, run);
  return { ...last, summary };
}

interface CutTry {
  readonly cutting: Cutting;
  /** Of the step so far. */
  readonly attempts: number;
  /** As of InterruptionRecord. */
  readonly serverWentOnMs: number | null;
  readonly advisoryLocks: number;
  /** What was unfinished in the schema before, by the identity of its object. */
  readonly unfinished: ReadonlySet<number>;
}

async function playUntilCut(how: Cut, units: readonly Unit[], place: CutPlace, run: SqlRun): Promise<CutTry> {
  const { context } = run;
  const session = await SqlSession.open(run);
  try {
    const backend = await Backend.of(session.session.pid, context);
    try {
      return await cutAt(place, { how, units, session, backend, run });
    } finally {
      await backend.close();
    }
  } finally {
    await session.close();
  }
}

interface Playing {
  readonly how: Cut;
  readonly units: readonly Unit[];
  readonly session: SqlSession;
  readonly backend: Backend;
  readonly run: SqlRun;
}

async function cutAt(place: CutPlace, { how, units, session, backend, run }: Playing): Promise<CutTry> {
  const { context, step } = run;
  const unfinished = new Set((await readUnfinished(backend.client)).map(({ oid }) => oid));
  for (const unit of units.slice(0, place.unit)) await session.play(unit);
  const unit = units[place.unit];
  if (unit === undefined) throw new TypeError(`no unit ${place.unit} to cut off`);
  const made: Cutting[] = [];
  const target = { step: step.name, heldBy: session.session.pid, heldAfterMs: 0 };
  await session.retrying(async (attempt) => {
    const cut = { unit, before: place.before, how, run: session.unitRun(attempt), backend, context };
    made.push(await context.watch.during(target, () => cutUnit(cut)));
  });
  const [cutting] = made;
  if (cutting === undefined) throw new TypeError('a cut without a record');
  const advisoryLocks = how === 'client' ? await backend.advisoryLocks() : 0;
  const isGone = await backend.gone(GOES_ON_MS, context.signal);
  const wentOnMs = cutting.down === undefined ? context.clock.now() - cutting.tMs : 0;
  const serverWentOnMs = isGone ? wentOnMs : null;
  return { cutting, attempts: session.attempts, serverWentOnMs, advisoryLocks, unfinished };
}

interface SecondTry {
  readonly failure: StepFailure | undefined;
  readonly failedIndex: number | null;
  /** Units that went through. */
  readonly played: number;
  /** Of the step so far. */
  readonly attempts: number;
  readonly shown: StepOutcome['shown'];
}

async function playAgain(units: readonly Unit[], earlierTries: number, run: SqlRun): Promise<SecondTry> {
  const session = await SqlSession.open(run, earlierTries);
  const { shown } = session.session;
  let played = 0;
  try {
    for (const unit of units) {
      await session.play(unit);
      played += 1;
    }
    return { failure: undefined, failedIndex: null, played, attempts: session.attempts, shown };
  } catch (failure) {
    run.context.signal.throwIfAborted();
    if (!(failure instanceof StepFailure) || failure.lostConnection) throw failure;
    return { failure, failedIndex: session.failedIndex, played, attempts: session.attempts, shown };
  } finally {
    await session.close();
  }
}

function sqlstateOf({ error }: StepFailure): string {
  return error.sqlstate ?? error.message;
}
