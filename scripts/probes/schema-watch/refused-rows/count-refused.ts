import type { RefusedRowsRecord, RowsSince } from '../../../artifacts/records/of-plan/schema-records.ts';
import { withConnection, type PgClient } from '../../../pg/client.ts';
import type { PgEndpoint } from '../../../pg/endpoint.ts';
import { isConnectionLoss, isFromPostgres } from '../../../pg/pg-error.ts';
import { conditionOf, type Refused } from './condition.ts';
import type { Moments } from './moments.ts';

/** Longer than that a count is not worth the app's way. */
const TIMEOUTS = "set statement_timeout = '5s'; set lock_timeout = '500ms'";

export interface RefusedStatement extends Refused {
  readonly step: string;
}

/**
 * Counts the rows for which a statement was refused, by the time since which they are as they are: a row tells the transaction
 * that wrote it (`xmin`). Undefined where they cannot be counted, are none any more, or the statement was refused for something else.
 */
export async function countRefused(
  endpoint: PgEndpoint,
  { step, sql, refusal }: RefusedStatement,
  moments: Moments,
): Promise<Pick<RefusedRowsRecord, 'relation' | 'since'> | undefined> {
  const { schema, table } = refusal;
  if (schema === undefined || table === undefined) return undefined;
  return withConnection(endpoint, 'setup', async (client) => {
    await client.query(TIMEOUTS);
    const name = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table)}`;
    try {
      const condition = await conditionOf(client, name, refusal, sql);
      if (condition === undefined) return undefined;
      const counts = await counted(client, `${name} t where ${condition}`, moments.xids);
      const since = counts.map(([moment, rows]): RowsSince => ({ ...moments.before(moment, step), rows }));
      return since.length === 0 ? undefined : { relation: `${schema}.${table}`, since };
    } catch (error) {
      if (!isFromPostgres(error) || isConnectionLoss(error)) throw error;
      return undefined; // such as a column that was undone together with the statement
    }
  });
}

/** Rows by the first of the moments that they were there before; behind the last one where they were there before none. */
async function counted(
  client: PgClient,
  from: string,
  xids: readonly string[],
): Promise<[moment: number, rows: number][]> {
  const { rows } = await client.query<[number, number]>({
    text: `select place, count(*)::int4
             from (select (select coalesce(min(m.place), cardinality($1::text[]) + 1)::int4
                             from unnest($1::text[]) with ordinality m (xid, place)
                            where age(r.xmin) > age(m.xid::xid)) as place
                     from (select t.xmin from ${from}) r) one
            group by place order by place`,
    values: [xids],
    rowMode: 'array',
  });
  return rows;
}
