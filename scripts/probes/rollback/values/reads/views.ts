import { parseSync, type SelectStmt } from 'libpg-query';
import type { PgClient } from '../../../../pg/client.ts';
import { relationsOf } from '../../../../pg/sql/relations.ts';

/** What views are made of, by the name under which they are read; null of what is no view. */
export type Views = Map<string, string | null>;

const DEEPEST = 8;

/** Undefined for what is not one SELECT. `libpg-query` must be loaded. */
export function selectOf(text: string): SelectStmt | undefined {
  const [only, second] = parseSync(text).stmts ?? [];
  const node = only?.stmt;
  return node && second === undefined && 'SelectStmt' in node ? node.SelectStmt : undefined;
}

/** Adds the views that a SELECT reads from, and those that they read from. @throws what PostgreSQL says */
export async function learnViews(text: string, views: Views, client: PgClient): Promise<void> {
  let texts = [text];
  for (let depth = 0; depth < DEEPEST && texts.length > 0; depth += 1) {
    const names = new Set(
      texts.flatMap((one) => {
        const select = selectOf(one);
        return select === undefined ? [] : relationsOf({ SelectStmt: select });
      }),
    );
    texts = [];
    for (const name of [...names].filter((one) => !views.has(one))) {
      const { rows } = await client.query<{ definition: string | null }>(
        `select case when relkind = 'v' then pg_catalog.pg_get_viewdef(oid) end as definition
           from pg_catalog.pg_class where oid = pg_catalog.to_regclass($1)`,
        [name],
      );
      const definition = rows[0]?.definition ?? null;
      views.set(name, definition);
      if (definition !== null) texts.push(definition);
    }
  }
}
