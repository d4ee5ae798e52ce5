import type { PgClient } from '../../../pg/client.ts';
import type { SnapshotSource } from '../../../plan/model.ts';
import { guessScripts } from '../guess-scripts.ts';
import { readCatalog } from '../invent/catalog.ts';
import { chooseTables } from '../invent/choose-tables.ts';
import { settleValues } from '../invent/settle-values.ts';
import { withScratch } from '../scratch-server.ts';
import { drawValues, settleScripts, type SettledScript } from '../settle-scripts.ts';

/**
 * A first workload over the tables with most rows, seen to run on a temporary database that is filled from the snapshot.
 * @throws as `restoreSnapshot`, and POSTGRES_NOT_FOUND and its like
 */
export async function lookAtRows(
  source: SnapshotSource,
  dir: string,
  signal: AbortSignal,
): Promise<SettledScript[]> {
  return withScratch(
    dir,
    async ({ client, restore }) => {
      await restore(source);
      const tables = await readCatalog(client);
      const rows = await rowsByOid(client);
      const largest = [...tables].sort((a, b) => (rows.get(b.oid) ?? 0) - (rows.get(a.oid) ?? 0));
      const chosen = chooseTables(largest, new Set());
      const scripts = guessScripts(chosen, tables, await settleValues(client, chosen));
      return settleScripts(client, scripts, await drawValues(client, scripts));
    },
    signal,
  );
}

/** As the planner knows them; of a partitioned table those of its partitions. */
async function rowsByOid(client: PgClient): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ oid: number; rows: number }>(
    `select c.oid::int as oid, coalesce((select sum(greatest(leaf.reltuples, 0)) from pg_partition_tree(c.oid) as p
              join pg_class as leaf on leaf.oid = p.relid where p.isleaf), c.reltuples)::float8 as rows
       from pg_class as c where c.relkind in ('r', 'p')`,
  );
  return new Map(rows.map(({ oid, rows: count }) => [oid, count]));
}
