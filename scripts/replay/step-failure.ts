import type { StepError } from '../artifacts/records.ts';
import { publicPgError } from '../pg/pg-error.ts';
import { sqlExcerpt } from '../pg/excerpt.ts';

/** A step of the plan went wrong: an outcome of the rehearsal, not an error of the tool. */
export class StepFailure extends Error {
  readonly error: StepError;

  constructor(error: StepError, cause?: unknown) {
    super(error.message, cause === undefined ? undefined : { cause });
    this.name = 'StepFailure';
    this.error = error;
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
