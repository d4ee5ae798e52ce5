import pg from 'pg';
import pc from 'picocolors';
import { publicPgError } from '../../pg/pg-error.ts';
import { asError, InputError, RehearsalError, type Mistake } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';
import { plainText } from './plain-text.ts';

const BUG_HINT = 'this is a bug in rehearse; repeat it with --verbose and report what it prints';

/** What the terminal says about an error, line by line. A stack only with `verbose`. */
export function errorLines(thrown: unknown, { verbose = false, color = false } = {}): string[] {
  const { red, dim } = pc.createColors(color);
  const error = asError(thrown);
  if (error instanceof InputError) return mistakeLines(error.mistakes, color);
  const known = error instanceof RehearsalError;
  const message = plainText(publicMessage(error));
  const hint = known ? error.hint : BUG_HINT;
  return [
    `${red(`error ${known ? error.code : 'INTERNAL'}:`)} ${message}`,
    ...(hint === undefined ? [] : [`${dim('hint:')} ${plainText(hint)}`]),
    ...(verbose ? stackLines(error) : []),
  ];
}

/** All mistakes of an input, grouped by file, with their lines. */
function mistakeLines(mistakes: readonly Mistake[], color: boolean): string[] {
  const { red, bold } = pc.createColors(color);
  const lines: string[] = [];
  for (const file of new Set(mistakes.map((mistake) => mistake.file))) {
    const group = mistakes.filter((mistake) => mistake.file === file);
    const subject = file === '' ? 'the rehearsal' : plainText(file);
    lines.push(`${red('error')}  ${bold(subject)} has ${plural(group.length, 'mistake')}`);
    const width = Math.max(...group.map(({ line }) => String(line ?? '').length));
    for (const { line, key, message } of sortedByLine(group)) {
      const place = width === 0 ? '' : `${String(line ?? '').padStart(width)} `;
      const text = plainText(key === '' ? message : `${key}: ${message}`);
      lines.push(`  ${place}${text.replaceAll('\n', `\n  ${' '.repeat(place.length)}`)}`);
    }
  }
  return lines;
}

function sortedByLine(group: readonly Mistake[]): Mistake[] {
  return group.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** PostgreSQL's own text may quote rows; what else reaches this place is ours. */
function publicMessage(error: Error): string {
  if (!(error instanceof pg.DatabaseError)) return error.message;
  const { sqlstate, message } = publicPgError(error);
  return `PostgreSQL said ${sqlstate ?? 'an error'}: ${message}`;
}

/** Where an error and its causes came from; the first line of a stack repeats the message, so it is made anew. */
function stackLines(error: Error): string[] {
  const lines: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    lines.push(`${cause === error ? '' : 'caused by '}${cause.name}: ${plainText(publicMessage(cause))}`);
    lines.push(...(cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)));
  }
  return lines;
}
