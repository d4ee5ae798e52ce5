import { join } from 'node:path';
import { publicPgError } from '../pg/pg-error.ts';
import { asError, RehearsalError } from '../shared/errors.ts';
import { redact } from '../shared/text/redact.ts';
import { DRIVER_LOG, type DriverDone, type Job } from './protocol.ts';

/** Makes texts fit to leave the driver host: without secrets, and with paths as the author knows them. */
export class PublicText {
  readonly #dir: string;
  #shownAs: Job['shownAs'] = [];

  /** @param dir the job folder */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** As soon as the job is known. */
  name(shownAs: Job['shownAs']): void {
    this.#shownAs = shownAs;
  }

  text(text: string): string {
    const clean = redact(text);
    return this.#shownAs.reduce((named, { path, as }) => named.replaceAll(join(this.#dir, path), as), clean);
  }

  /** One line of JSON; every text in it is made public. */
  json(value: object): string {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? this.text(part) : part));
  }

  /** What may be said about an error; what nobody expected is a failure of the driver. */
  error(thrown: unknown): NonNullable<DriverDone['error']> {
    if (thrown instanceof RehearsalError) {
      const { code, message, hint } = thrown;
      return { code, message: this.text(message), hint: hint === undefined ? null : this.text(hint) };
    }
    const { sqlstate, message } = publicPgError(thrown);
    return {
      code: 'DRIVER_FAILED',
      message: this.text(sqlstate === null ? message : `PostgreSQL said ${sqlstate}: ${message}`),
      hint: `this is a bug in rehearse; ${DRIVER_LOG} in the run folder says where it happened`,
    };
  }

  /** Where an error and its causes came from. */
  stack(thrown: unknown): string {
    const lines: string[] = [];
    for (let cause: unknown = asError(thrown); cause instanceof Error; cause = cause.cause) {
      lines.push(`${cause.name}: ${this.text(publicPgError(cause).message)}`);
      lines.push(...(cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)));
    }
    return lines.join('\n');
  }
}
