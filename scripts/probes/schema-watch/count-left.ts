import type { LostRows } from '../../artifacts/records/of-plan/schema-records.ts';
import { withConnection, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { isConnectionLoss, isFromPostgres } from '../../pg/pg-error.ts';
import { rowsOf, rowsOfTheApp, rowsThatRefute, type Suspect } from './lost-rows.ts';

/** Longer than that a count is not worth the app's way: what it would have shown is on record as unknown. */
const COUNT_TIMEOUT = '5s';
const LOCK_TIMEOUT = '500ms';

/**
 * Counts in each suspect until its rows are known to be there still.
 * @param sinceXid oldest transaction that was not over at the last look, before all that can have taken rows since
 * @returns those whose rows are not, or may not be
 */
export async function countLeft(
  endpoint: PgEndpoint,
  all: readonly Suspect[],
  sinceXid: string,
): Promise<LostRows[]> {
  if (all.length === 0) return [];
  return withConnection(endpoint, 'setup', async (client) => {
    await client.query(`set statement_timeout = '${COUNT_TIMEOUT}'; set lock_timeout = '${LOCK_TIMEOUT}'`);
    const lost: LostRows[] = [];
    for (const suspect of all) {
      const rowsLeft = suspect.countIn === null ? 0 : await rowsIn(client, suspect);
      const { table, changedRows, outOf, partOf } = suspect;
      const how = await howLost(client, suspect, rowsLeft, sinceXid);
      if (how === null) continue;
      const deletedRows = how === 'thinned-out' ? (suspect.deletedRows ?? undefined) : undefined;
      lost.push({
        table: table.name,
        how,
        estimatedRows: rowsOf(table),
        changedRows,
        rowsLeft,
        ...(deletedRows === undefined ? {} : { deletedRows }),
        ...(outOf === undefined ? {} : { outOf }),
        ...(partOf.length === 0 ? {} : { partOf }),
      });
    }
    return lost;
  });
}

/** Null = it was not. */
async function howLost(
  client: PgClient,
  suspect: Suspect,
  rowsLeft: number | null,
  sinceXid: string,
): Promise<LostRows['how'] | null> {
  const { how, deletedRows } = suspect;
  const isRefuted = rowsLeft !== null && rowsLeft >= rowsThatRefute(suspect);
  if (deletedRows !== null && isRefuted) return 'thinned-out';
  if (isRefuted) return null;
  const isInPart = rowsLeft !== null && rowsLeft > rowsOfTheApp(suspect);
  if (how === 'made-anew' && isInPart) return 'copied-in-part';
  if (how !== 'emptied') return how;
  if (deletedRows === null && isInPart) return 'refilled-in-part';
  return (await hasOldRows(client, suspect, sinceXid)) ? 'thinned-out' : how;
}

/** Null where it could not be counted. */
function rowsIn(client: PgClient, suspect: Suspect): Promise<number | null> {
  return counted(client, `select from ${suspect.countIn} limit ${rowsThatRefute(suspect)}`, []);
}

/** Whoever takes all rows takes the old ones; a condition spares some, or those that the app has written since are all. */
async function hasOldRows(client: PgClient, { countIn }: Suspect, sinceXid: string): Promise<boolean> {
  const old = `select from ${countIn} where pg_catalog.age(xmin) > pg_catalog.age($1::xid) limit 1`;
  return countIn !== null && (await counted(client, old, [sinceXid])) === 1;
}

async function counted(client: PgClient, rowsOf: string, values: unknown[]): Promise<number | null> {
  try {
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::int as rows from (${rowsOf}) one`,
      values,
    );
    return rows[0]?.rows ?? null;
  } catch (error) {
    if (!isFromPostgres(error) || isConnectionLoss(error)) throw error;
    return null;
  }
}
