import pg from 'pg';

/**
 * What may be said in public about an error of PostgreSQL: SQLSTATE, and a message without row values.
 * DETAIL, CONTEXT and WHERE are left out because they quote rows.
 */
export interface PublicPgError {
  /** Five characters, or null where the error did not come from PostgreSQL (a lost connection). */
  readonly sqlstate: string | null;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Position in the statement, in characters from 1, where PostgreSQL gave one. */
  readonly position?: number | undefined;
}

/** Classes whose messages quote values: 22 data exception, P0 raised by code. Appendix A of PostgreSQL's manual. */
const QUOTES_VALUES = /^(22|P0)/;

export function publicPgError(thrown: unknown): PublicPgError {
  if (!(thrown instanceof pg.DatabaseError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { sqlstate: null, message };
  }
  const sqlstate = thrown.code ?? null;
  const quotes = sqlstate !== null && QUOTES_VALUES.test(sqlstate);
  return {
    sqlstate,
    message: quotes ? withoutValues(thrown.message) : thrown.message,
    ...(thrown.hint === undefined || quotes ? {} : { hint: thrown.hint }),
    ...(thrown.position === undefined ? {} : { position: Number(thrown.position) }),
  };
}

/** The SQLSTATE of a thrown value, or undefined where PostgreSQL did not send it. */
export function sqlstateOf(thrown: unknown): string | undefined {
  return thrown instanceof pg.DatabaseError ? thrown.code : undefined;
}

/** Messages and codes with which the driver and the operating system say that a connection is gone. */
const CONNECTION_GONE =
  /connection (terminated|error|ended)|client was closed|socket|ECONNRESET|EPIPE|ECONNREFUSED/i;

/** Did PostgreSQL, or the loss of its connection, cause this? Anything else is a bug of ours. */
export function isFromPostgres(thrown: unknown): boolean {
  if (thrown instanceof pg.DatabaseError) return true;
  return thrown instanceof Error && !(thrown instanceof TypeError) && CONNECTION_GONE.test(thrown.message);
}

/** The session is over: class 08, 57P01 to 57P05, 25P03 and 25P04 (timeouts that end it), or no answer of PostgreSQL at all. */
export function isConnectionLoss(thrown: unknown): boolean {
  const sqlstate = sqlstateOf(thrown);
  if (sqlstate !== undefined) return /^(08|57P0[1-5]|25P0[34])/.test(sqlstate);
  return isFromPostgres(thrown) || (thrown instanceof Error && /timeout|not queryable/i.test(thrown.message));
}

function withoutValues(message: string): string {
  return message.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '"…"').replace(/\d[\d.,:-]*/g, '…');
}
