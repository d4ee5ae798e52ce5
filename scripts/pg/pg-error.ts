import pg from 'pg';
import { failedFunction } from './messages/failed-function.ts';
import { serverMessageOf } from './messages/guard.ts';
import { publicHint, publicMessage } from './messages/public-text.ts';

/**
 * What may be said in public about an error of PostgreSQL: SQLSTATE, and a message and a hint that are rebuilt from PostgreSQL's
 * own with nothing but public names in them. DETAIL and CONTEXT are left out because they quote rows, but for the name of a function.
 */
export interface PublicPgError {
  /** Five characters, or null where the error did not come from PostgreSQL (a lost connection). */
  readonly sqlstate: string | null;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Position in the statement, in characters from 1, where PostgreSQL gave one. */
  readonly position?: number | undefined;
  /** The function of the database in whose body it came about. */
  readonly inside?: string | undefined;
}

export function publicPgError(thrown: unknown): PublicPgError {
  if (!(thrown instanceof pg.DatabaseError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { sqlstate: null, message };
  }
  const said = serverMessageOf(thrown);
  const hint = publicHint(said);
  const inside = failedFunction(said.where);
  return {
    sqlstate: thrown.code ?? null,
    message: publicMessage(said),
    ...(hint === undefined ? {} : { hint }),
    ...(thrown.position === undefined ? {} : { position: Number(thrown.position) }),
    ...(inside === undefined ? {} : { inside }),
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
