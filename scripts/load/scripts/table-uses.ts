import { parse, type Node } from 'libpg-query';
import type { TableUse } from '../../artifacts/records/compatibility-record.ts';
import type { PgClient } from '../../pg/client.ts';
import { lockStrength } from '../../pg/lock-modes.ts';
import { relationsOf } from '../../pg/sql/relations.ts';
import type { Command, IfCommand, ParsedScript } from './script.ts';

/** Locks of the own transaction; those on indexes and TOAST tables only say the same again. */
const LOCKED = `
  select l.relation::pg_catalog.oid as oid, l.mode, false as maybe from pg_catalog.pg_locks l
   where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted`;
/** What $1 names, with the mode at the same place of $2. */
const NAMED = `
  select pg_catalog.to_regclass(w.name)::pg_catalog.oid as oid, w.mode, true as maybe
    from rows from (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) as w (name, mode)`;
/** Partitions by the topmost table. */
const TABLES = `
  select distinct n.nspname || '.' || t.relname, u.mode, u.maybe
    from (${LOCKED} union all ${NAMED}) u
    join pg_catalog.pg_class c on c.oid = u.oid
    join pg_catalog.pg_class t
      on t.oid = case when c.relispartition then pg_catalog.pg_partition_root(c.oid)::pg_catalog.oid else c.oid end
    join pg_catalog.pg_namespace n on n.oid = t.relnamespace
   where t.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   order by 1, 3, 2`;

/**
 * The tables that a script which has just run in the open transaction uses, each with its strongest lock: also behind views,
 * functions, triggers and foreign keys. To them come those that are named by the branches of `\if`, of which only some ran.
 * @throws what PostgreSQL says
 */
export async function tableUses(client: PgClient, script: ParsedScript): Promise<TableUse[]> {
  const named = await namedInBranches(script.commands);
  const { rows } = await client.query<[relation: string, mode: string, maybe: boolean]>({
    text: TABLES,
    values: [named.map(({ relation }) => relation), named.map(({ mode }) => mode)],
    rowMode: 'array',
  });
  const strongest = new Map<string, TableUse>();
  for (const [relation, mode, maybe] of rows) {
    const known = strongest.get(relation);
    // What it locked comes first, and says more than a name.
    if (maybe && known !== undefined && known.isMaybe === undefined) continue;
    if (lockStrength(mode) > lockStrength(known?.mode ?? ''))
      strongest.set(relation, { relation, mode, ...(maybe ? { isMaybe: true } : {}) });
  }
  return [...strongest.values()];
}

async function namedInBranches(commands: readonly Command[]): Promise<TableUse[]> {
  const texts = commands.filter((command) => command.kind === 'if').flatMap(textsOf);
  const found: TableUse[] = [];
  for (const text of texts) {
    for (const { stmt } of (await parse(text)).stmts ?? []) if (stmt) found.push(...namedBy(stmt));
  }
  return found;
}

function textsOf({ branches }: IfCommand): string[] {
  return branches
    .flatMap((branch) => branch.commands)
    .flatMap((command) => {
      if (command.kind === 'if') return textsOf(command);
      return command.kind === 'sql' && command.transaction === undefined ? [command.text] : [];
    });
}

function namedBy(node: Node): TableUse[] {
  const mode = 'SelectStmt' in node ? 'AccessShareLock' : 'RowExclusiveLock';
  return relationsOf(node).map((relation) => ({ relation, mode }));
}
