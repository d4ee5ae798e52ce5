import type { RangeVar } from 'libpg-query';
import type { RenamedTable, TableGrant } from '../../artifacts/records/of-plan/renamed-table.ts';
import type { PgClient } from '../../pg/client.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { statementsOfPlan, type Plans } from './moves.ts';

/** Of all tables that the plan's SQL files rename or move to another schema; those that are not there (yet) are left out. */
export async function readRenamedTables(client: PgClient, plans: Plans): Promise<RenamedTable[]> {
  const found = new Map<string, RenamedTable>();
  for (const { schemaname, relname = '' } of await renamesOf(plans)) {
    const name = [schemaname, relname].flatMap((part) =>
      part === undefined ? [] : [client.escapeIdentifier(part)],
    );
    const { rows } = await client.query<Omit<RenamedTable, 'grants'> & { oid: string }>(TABLE, [
      name.join('.'),
    ]);
    const [table] = rows;
    if (table === undefined) continue;
    const { oid, ...known } = table;
    const { rows: grants } = await client.query<TableGrant>(GRANTS, [oid]);
    found.set(known.relation, { ...known, grants });
  }
  return [...found.values()];
}

async function renamesOf(plans: Plans): Promise<RangeVar[]> {
  const statements = await statementsOfPlan(plans);
  return statements.flatMap((sql) => {
    const node = /\brename\b|\bset\s+schema\b/i.test(sql) ? StatementTree.parse(sql)?.node : undefined;
    if (node === undefined) return [];
    if ('AlterObjectSchemaStmt' in node) {
      const { objectType, relation } = node.AlterObjectSchemaStmt;
      return objectType === 'OBJECT_TABLE' && relation !== undefined ? [relation] : [];
    }
    if (!('RenameStmt' in node)) return [];
    const { renameType, relation } = node.RenameStmt;
    return renameType === 'OBJECT_TABLE' && relation !== undefined ? [relation] : [];
  });
}

const TABLE = `
  select c.oid::text as oid, n.nspname || '.' || c.relname as relation, pg_catalog.quote_ident(r.rolname) as owner,
         c.relrowsecurity as "isRowSecured"
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_roles as r on r.oid = c.relowner
   where c.oid = pg_catalog.to_regclass($1) and c.relkind in ('r', 'p')`;

const GRANTEE = `case when x.grantee = 0 then 'public' else pg_catalog.quote_ident(g.rolname) end as to, x.is_grantable as "isGrantable"`;

const GRANTS = `
  select x.privilege_type as right, ${GRANTEE}
    from pg_catalog.pg_class as c cross join lateral pg_catalog.aclexplode(c.relacl) as x
    left join pg_catalog.pg_roles as g on g.oid = x.grantee
   where c.oid = $1::oid and x.grantee <> c.relowner
  union all
  select x.privilege_type || ' (' || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) || ')', ${GRANTEE}
    from pg_catalog.pg_attribute as a cross join lateral pg_catalog.aclexplode(a.attacl) as x
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    left join pg_catalog.pg_roles as g on g.oid = x.grantee
   where a.attrelid = $1::oid and not a.attisdropped and x.grantee <> c.relowner
   group by x.privilege_type, x.grantee, g.rolname, x.is_grantable
   order by 2, 1`;
