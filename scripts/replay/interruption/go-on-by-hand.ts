import { withConnection } from '../../pg/client.ts';
import type { Cut } from '../../plan/model.ts';
import { readUnfinished } from '../../probes/schema-watch/read-unfinished.ts';
import type { StepContext, StepOutcome } from '../context.ts';
import { SqlSession, type SqlRun } from '../session/sql-session.ts';
import { StepFailure } from '../session/step-failure.ts';
import type { Unit } from '../session/units.ts';
import type { CutPlace } from './cut-place.ts';

/** It is there already, or is not there any more: what was to be done has been done. SQLSTATEs: PostgreSQL's manual, appendix A. */
const DONE_BEFORE = new Set(
  '42701 42P07 42710 42723 42P06 42712 42703 42704 42P01 42883 3F000 23505 55000'.split(' '),
);

interface Stuck {
  readonly place: CutPlace;
  readonly how: Cut;
  /** The unit that the second try failed at. */
  readonly failedAt: number;
  /** Of the step so far. */
  readonly attempts: number;
  /** As of CutTry. */
  readonly unfinished: ReadonlySet<number>;
}

/**
 * Brings a step that cannot be repeated to its end: without the INVALID indexes that the cut left, and from where it was cut off.
 * @throws StepFailure where that fails too
 */
export async function goOnByHand(
  units: readonly Unit[],
  { place, how, failedAt, attempts, unfinished }: Stuck,
  run: SqlRun,
): Promise<Pick<StepOutcome, 'attempts' | 'shown'>> {
  await dropInvalid(unfinished, run.context);
  const session = await SqlSession.open(run, attempts);
  try {
    const from = Math.max(place.unit, failedAt);
    for (const [position, unit] of units.entries()) {
      if (position < from) continue;
      try {
        await session.play(unit);
      } catch (error) {
        // Of the statement that the client did not hear of nobody knows whether the server has done it.
        const mayBeDone = position === place.unit && how === 'client';
        if (!(error instanceof StepFailure && mayBeDone && DONE_BEFORE.has(error.error.sqlstate ?? '')))
          throw error;
      }
    }
    return { attempts: session.attempts, shown: session.session.shown };
  } finally {
    await session.close();
  }
}

/** Each by its name, as the report says to. */
async function dropInvalid(
  known: ReadonlySet<number>,
  { primary, signal }: Pick<StepContext, 'primary' | 'signal'>,
): Promise<void> {
  await withConnection(
    primary,
    'setup',
    async (client) => {
      for (const { kind, oid, name, isPart } of await readUnfinished(client))
        if (kind === 'index' && !isPart && !known.has(oid))
          await client.query(`drop index concurrently if exists ${name}`);
    },
    signal,
  );
}
