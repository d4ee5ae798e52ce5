import type { DatabaseError } from 'pg';
import { StatementTree } from '../../../pg/sql/statement-tree.ts';
import { walk } from '../../../pg/sql/walk.ts';
import type { PgClient } from '../../../pg/client.ts';

/** What PostgreSQL names of a refused statement, in fields of their own (its protocol's ErrorResponse). */
type Refusal = Pick<DatabaseError, 'code' | 'schema' | 'table' | 'column' | 'constraint'>;

/** A statement and what it was refused with. */
export interface Refused {
  readonly sql: string;
  readonly refusal: Refusal;
}

const NOT_NULL = '23502';
const UNIQUE = '23505';
const CHECK = '23514';

/**
 * The rows for which it was refused, as a condition on its table `t`; undefined where that cannot be said in SQL.
 * @throws what PostgreSQL says
 */
export async function conditionOf(
  client: PgClient,
  table: string,
  refusal: Refusal,
  sql: string,
): Promise<string | undefined> {
  const { code, column, constraint } = refusal;
  if (code === NOT_NULL)
    return column === undefined ? undefined : `t.${client.escapeIdentifier(column)} is null`;
  if (constraint === undefined) return undefined;
  if (code === CHECK) {
    const check =
      (await checkOf(client, table, constraint)) ?? StatementTree.parse(sql)?.clause('check', 'not', 'no');
    return check == null ? undefined : `(${check}) is false`;
  }
  return code === UNIQUE ? sameKey(client, table, sql) : undefined;
}

/** Of a constraint that is there already, NOT VALID as yet. */
async function checkOf(client: PgClient, table: string, name: string): Promise<string | undefined> {
  const { rows } = await client.query<{ check: string }>(
    `select pg_catalog.pg_get_expr(conbin, conrelid) as check from pg_catalog.pg_constraint
      where conrelid = $1::regclass and conname = $2 and contype = 'c'`,
    [table, name],
  );
  return rows[0]?.check;
}

/** Of a key of plain columns; one of expressions is left. */
function sameKey(client: PgClient, table: string, sql: string): string | undefined {
  const tree = StatementTree.parse(sql);
  const columns = tree && keyOf(tree);
  if (columns === undefined || columns.length === 0) return undefined;
  const key = columns.map((name) => client.escapeIdentifier(name)).join(', ');
  const where = tree?.clause('where') ?? 'true';
  return `(${where}) and (${key}) in (select ${key} from ${table} where ${where} group by ${key} having count(*) > 1)`;
}

function keyOf({ node }: StatementTree): string[] | undefined {
  if ('IndexStmt' in node) {
    const names = (node.IndexStmt.indexParams ?? []).map((one) =>
      'IndexElem' in one ? one.IndexElem.name : undefined,
    );
    return names.every((name) => name !== undefined) ? names : undefined;
  }
  const added = [...walk(node)].find(
    ([kind, { contype }]) =>
      kind === 'Constraint' && (contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY'),
  );
  const keys = added?.[1].keys;
  if (!Array.isArray(keys)) return undefined;
  return keys.flatMap((one: { String?: { sval?: string } }) => one.String?.sval ?? []);
}
