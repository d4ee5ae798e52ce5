import { parse } from 'libpg-query';
import type pg from 'pg';

/** Roles that a schema names, by what they must be. */
interface NamedRoles {
  /** Owners, those of grants, policies, user mappings, default privileges. */
  readonly roles: ReadonlySet<string>;
  /** Owners of what PostgreSQL lets only a superuser own. */
  readonly superusers: ReadonlySet<string>;
}

/** AlterEventTriggerOwner and AlterForeignDataWrapperOwner refuse everybody else (SQLSTATE 42501). */
const OWNED_BY_SUPERUSERS = new Set(['OBJECT_EVENT_TRIGGER', 'OBJECT_FDW']);
/** psql's own commands, such as \restrict; pg_restore writes them on lines of their own. */
const META_COMMAND = /^\\.*$/gm;

/** @param sql the schema as pg_restore writes it, without rows */
export async function namedRoles(sql: string): Promise<NamedRoles> {
  const roles = new Set<string>();
  const superusers = new Set<string>();
  const { stmts = [] } = await parse(sql.replace(META_COMMAND, ''));
  for (const { stmt } of stmts) {
    const own = new Set<string>();
    collect(stmt, own);
    for (const role of own) roles.add(role);
    if (stmt && 'AlterOwnerStmt' in stmt && OWNED_BY_SUPERUSERS.has(stmt.AlterOwnerStmt.objectType ?? ''))
      for (const role of own) superusers.add(role);
  }
  return { roles, superusers };
}

function collect(node: unknown, found: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  const { roletype, rolename } = node as { roletype?: unknown; rolename?: unknown };
  if (roletype === 'ROLESPEC_CSTRING' && typeof rolename === 'string') found.add(rolename);
  for (const value of Object.values(node)) collect(value, found);
}

/** Names that begin with pg_ are reserved: a role of another version of PostgreSQL, which cannot be made here. */
function isReserved(role: string): boolean {
  return role.startsWith('pg_');
}

/**
 * Makes those that the server lacks, without login.
 * @returns the names of those it made, and of the reserved ones that are missing
 */
export async function makeRoles(
  client: pg.Client,
  { roles, superusers }: NamedRoles,
): Promise<{ made: string[]; reserved: string[] }> {
  const { rows } = await client.query<{ name: string }>('select rolname as name from pg_catalog.pg_roles');
  const there = new Set(rows.map(({ name }) => name));
  const missing = [...roles].filter((role) => !there.has(role));
  const made = missing.filter((role) => !isReserved(role));
  for (const role of made) {
    const right = superusers.has(role) ? ' superuser' : '';
    await client.query(`create role ${client.escapeIdentifier(role)} nologin${right}`);
  }
  return { made, reserved: missing.filter(isReserved) };
}
