import type { LostValues } from '../../../artifacts/records/of-plan/rollback-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import { sqlstateOf } from '../../../pg/pg-error.ts';
import type { Loosened } from './loosened.ts';

/** A deploy, and the transaction id before it. */
export interface Since {
  readonly deploy: string;
  readonly sinceXid: string;
}

/** How many rows that were written since the first of the deploys are beyond a limit, and since which of them all those were. */
export async function countBeyond(
  loosened: Loosened,
  outs: readonly Since[],
  client: PgClient,
): Promise<LostValues | undefined> {
  const [first, ...later] = outs;
  if (first === undefined) return undefined;
  const count = await beyondSince(loosened, first.sinceXid, client);
  if (count === 0) return undefined;
  let since = first;
  for (const out of later) {
    if ((await beyondSince(loosened, out.sinceXid, client)) < count) break;
    since = out;
  }
  const { table, column, limit } = loosened;
  return { table, column, count, since: since.deploy, isAtLeast: false, limit };
}

/** What a condition of before names may be gone: a column, a function, a type, a table. Then it says nothing. */
const GONE: ReadonlySet<string | undefined> = new Set(['42703', '42883', '42704', '42804', '42P01']);

async function beyondSince(loosened: Loosened, xid: string, client: PgClient): Promise<number> {
  const { relation, beyond } = loosened;
  const isSince = `age(xmin) <= age('${xid}'::xid)`;
  try {
    if ('type' in beyond) return await misfits(`${relation} where ${isSince}`, beyond, client);
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::float8 as rows from ${relation} where ${isSince} and (${beyond.condition})`,
    );
    return rows[0]?.rows ?? 0;
  } catch (error) {
    if (GONE.has(sqlstateOf(error))) return 0;
    throw error;
  }
}

/**
 * Values that an assignment to a variable of the type refuses. A cast would not do (it cuts what is too long), and
 * pg_input_is_valid() is there from PostgreSQL 16 on only. A DO block changes nothing and has no result but a setting.
 */
async function misfits(
  from: string,
  { value, type }: { readonly value: string; readonly type: string },
  client: PgClient,
): Promise<number> {
  const body = `
    declare
      written record;
      taken ${type};
      refused int8 := 0;
    begin
      for written in select ${value}::text as value from ${from} and ${value} is not null loop
        begin
          taken := written.value;
        exception when others then
          refused := refused + 1;
        end;
      end loop;
      perform pg_catalog.set_config('rehearse.refused', refused::text, false);
    end`;
  await client.query(`do ${client.escapeLiteral(body)}`);
  const { rows } = await client.query<{ refused: number }>(
    `select pg_catalog.current_setting('rehearse.refused')::float8 as refused`,
  );
  return rows[0]?.refused ?? 0;
}
