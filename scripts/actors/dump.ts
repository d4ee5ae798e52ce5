import { to as copyTo } from 'pg-copy-streams';
import type { PgClient } from '../pg/client.ts';
import { monotonicMs } from '../shared/clock.ts';
import type { Play, Act } from './act.ts';

/** What a dump over a network takes; more would only keep the engine busy. */
const BYTES_PER_MS = 20_000;
const BREATH_MS = 100;

/** As pg_dump does: one snapshot, ACCESS SHARE on every table at once, then COPY of each; again and again until its time is over. */
export const dump: Play = async (act) => {
  const client = await act.connect();
  await client.query('begin isolation level repeatable read read only');
  const tables = await tablesOf(client);
  if (tables.length > 0) {
    const names = tables.map(({ name }) => name).join(', ');
    await client.query(`lock table ${names} in access share mode`);
  }
  act.inPlace();
  const filled = tables.filter(({ isPartitioned }) => !isPartitioned);
  while (!act.signal.aborted) {
    for (const { name } of filled) await copyAway(client, name, act);
    await act.pause(BREATH_MS);
  }
};

async function tablesOf(client: PgClient): Promise<{ name: string; isPartitioned: boolean }[]> {
  const { rows } = await client.query<{ name: string; isPartitioned: boolean }>(
    `select format('%I.%I', n.nspname, t.relname) as name, t.relkind = 'p' as "isPartitioned"
       from pg_class t join pg_namespace n on n.oid = t.relnamespace
      where t.relkind in ('r', 'p') and t.relpersistence <> 't'
        and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
      order by t.oid`,
  );
  return rows;
}

/** Reads a table as fast as a dump would take it, and forgets it. */
async function copyAway(client: PgClient, name: string, act: Act): Promise<void> {
  const startedMs = monotonicMs();
  let bytes = 0;
  const rows: AsyncIterable<Buffer> = client.query(copyTo(`copy ${name} to stdout`));
  for await (const chunk of rows) {
    bytes += chunk.length;
    const aheadMs = bytes / BYTES_PER_MS - (monotonicMs() - startedMs);
    if (aheadMs > 1) await act.pause(aheadMs);
  }
}
