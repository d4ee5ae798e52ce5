import { serverMessageOf } from '../pg/messages/guard.ts';
import { publicPgError, sqlstateOf } from '../pg/pg-error.ts';
import { asError, RehearsalError } from '../shared/errors.ts';

/** Appendix A of PostgreSQL's manual: admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped. */
const SERVER_WENT_AWAY = /^57P0[1-4]$/;
const DISK_FULL_SQLSTATE = '53100';

/** What stopped a restore, as an error for people. `where` names file, line and object. Row values stay out. */
export function restoreError(thrown: unknown, where: string, hint?: string): Error {
  if (thrown instanceof RehearsalError) return thrown;
  const { sqlstate, message, hint: serverHint } = publicPgError(thrown);
  const code = sqlstateOf(thrown);
  if (code === DISK_FULL_SQLSTATE || (asError(thrown) as NodeJS.ErrnoException).code === 'ENOSPC') {
    return diskFull(where);
  }
  if (code === undefined || SERVER_WENT_AWAY.test(code)) {
    const lost = `the connection to PostgreSQL was lost while restoring ${where}: ${message}`;
    return new RehearsalError('CONNECTION_FAILED', lost);
  }
  const remedy = hint ?? serverHint;
  return new RehearsalError('RESTORE_FAILED', `${where}: ${message} (${sqlstate ?? 'no SQLSTATE'})`, {
    // No cause: the server's own error object carries DETAIL and CONTEXT, which quote rows.
    ...(remedy === undefined ? {} : { hint: remedy }),
  });
}

export function diskFull(where: string): RehearsalError {
  return new RehearsalError('DISK_FULL', `the disk is full: restoring ${where} stopped`, {
    hint: 'Make room where the server keeps its data; a restored database takes more than its dump.',
  });
}

/** How many line feeds a statement has before `position`, which counts characters from 1 as PostgreSQL does. */
export function linesBefore(position: number, statement: Buffer): number {
  let lines = 0;
  let character = 0;
  // A character of UTF-8 takes four bytes at most.
  for (const symbol of statement.toString('utf8', 0, position * 4)) {
    character += 1;
    if (character >= position) break;
    if (symbol === '\n') lines += 1;
  }
  return lines;
}

/** The row that COPY was at, counted from 1, out of the error's CONTEXT; the rest of that text quotes the row. */
export function copyRow(thrown: unknown): number | undefined {
  const { where = '' } = thrown instanceof Error ? serverMessageOf(thrown) : {};
  const match = /^COPY .*?, line (\d+)/m.exec(where);
  return match ? Number(match[1]) : undefined;
}
