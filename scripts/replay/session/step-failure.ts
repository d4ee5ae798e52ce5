import type { StepError } from '../../artifacts/records/records.ts';
import type { Refused } from '../../probes/schema-watch/refused-rows/condition.ts';
import { publicPgError } from '../../pg/pg-error.ts';
import { sqlExcerpt } from '../../pg/sql/excerpt.ts';

/** A step of the plan went wrong: an outcome of the rehearsal, not an error of the tool. */
export class StepFailure extends Error {
  readonly error: StepError;
  /** The statement that PostgreSQL refused; undefined = none can be named. */
  readonly refused: Refused | undefined;
  /** How many the step's files hold, those that were not reached among them; undefined = the step has none. */
  statements: number | undefined;

  constructor(error: StepError, cause?: unknown, refused?: Refused) {
    super(error.message, cause === undefined ? undefined : { cause });
    this.name = 'StepFailure';
    this.error = error;
    this.refused = refused;
  }

  /** The server went away: SQLSTATE class 08, 57P01 to 57P03, or no answer of PostgreSQL at all. */
  get lostConnection(): boolean {
    const { sqlstate } = this.error;
    if (sqlstate === null) return this.cause !== undefined;
    return sqlstate.startsWith('08') || /^57P0[123]$/.test(sqlstate);
  }
}

/** Puts what PostgreSQL said beside the place in the author's file. */
export function stepErrorAt(
  thrown: unknown,
  at: { file: string; line: number; sql: string } | null,
): StepError {
  const { sqlstate, message, hint, position } = publicPgError(thrown);
  const place = at !== null && position !== undefined ? sqlExcerpt(at.sql, position) : null;
  return {
    sqlstate,
    message,
    hint: hint ?? null,
    file: at?.file ?? null,
    line: at === null ? null : at.line + (place === null ? 0 : place.line - 1),
    excerpt: place === null ? null : place.text,
  };
}
