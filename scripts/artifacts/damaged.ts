import { RehearsalError } from '../shared/errors.ts';
import { LineTooLongError } from '../shared/files/ndjson.ts';

export function damaged(file: string, what: string, cause?: unknown): RehearsalError {
  return new RehearsalError('RUN_INVALID', `${file} is damaged: ${what}`, {
    hint: 'rehearse the plan again; a run can only be judged from whole evidence',
    cause,
  });
}

/** What reading a file of a run folder failed with, as people are told it. */
export function readingFailed(file: string, error: unknown): unknown {
  if (error instanceof LineTooLongError) return damaged(file, error.message, error);
  if (error instanceof SyntaxError) return damaged(file, 'it is not JSON', error);
  return error;
}
