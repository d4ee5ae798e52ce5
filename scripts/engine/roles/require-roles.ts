import { withConnection, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { didYouMean } from '../../plan/schema/did-you-mean.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/text/format.ts';
import { wantedRoles, type WantedRole } from './wanted-roles.ts';

/** A role as the snapshot has it. */
export interface RoleFacts {
  readonly name: string;
  readonly superuser: boolean;
  /** The plan's, which owns tables and was made the owner of the database as well: a dump does not say whose that is. */
  readonly madeOwner: boolean;
}

interface RoleRow {
  name: string;
  superuser: boolean;
  connlimit: number;
  lacksDatabase: boolean;
}

/** It owns tables, or may act for who does, and could make no schema or extension here. */
export const LACKS_DATABASE = `not rolsuper
  and not pg_catalog.has_database_privilege(oid, pg_catalog.current_database(), 'create')
  and exists (select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
               where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                 and pg_catalog.pg_has_role(pg_roles.oid, c.relowner, 'usage'))`;
const ROLES = `select rolname as name, rolsuper as superuser, rolconnlimit as connlimit,
                      ${LACKS_DATABASE} as "lacksDatabase"
                 from pg_catalog.pg_roles where rolname !~ '^pg_' order by rolname`;

/**
 * The roles that the rehearsal connects as, which must be in the snapshot.
 * @throws CONFIG_INVALID naming every one that is not, with those that are there
 */
export async function requireRoles(
  endpoint: PgEndpoint,
  rehearsal: Rehearsal,
  signal: AbortSignal,
): Promise<RoleFacts[]> {
  const wanted = wantedRoles(rehearsal);
  if (wanted.length === 0) return [];
  const read = (client: PgClient): Promise<{ rows: RoleRow[] }> => client.query<RoleRow>(ROLES);
  const { rows } = await withConnection(endpoint, 'setup', read, signal);
  const mistakes = wanted.flatMap((one) => mistakeOf(one, rows, endpoint.user));
  if (mistakes.length > 0) {
    throw new RehearsalError('CONFIG_INVALID', mistakes.join('\n  '), {
      hint: 'a dump of one database holds no roles but those that its owners and grants name: make the role, with its memberships and settings, in what the snapshot runs (pg_dumpall --roles-only writes them), or name one that is there',
    });
  }
  const names = new Set(wanted.map(({ role }) => role));
  return rows
    .filter(({ name }) => names.has(name))
    .map(({ name, superuser, lacksDatabase }) => {
      return { name, superuser, madeOwner: lacksDatabase && name === rehearsal.planRole };
    });
}

function mistakeOf({ role, key, connections }: WantedRole, rows: readonly RoleRow[], tool: string): string[] {
  const found = rows.find(({ name }) => name === role);
  const others = rows.map(({ name }) => name).filter((name) => name !== tool);
  if (found === undefined) {
    const there = others.length === 0 ? 'it has none' : `it has ${others.join(', ')}`;
    return [`${key}: the snapshot has no role ${role}: ${there}${didYouMean(role, others)}`];
  }
  const { superuser, connlimit } = found;
  if (superuser || connlimit < 0 || connlimit >= connections) return [];
  return [
    `${key}: the role ${role} may have ${formatCount(connlimit)} connections (CONNECTION LIMIT), and load.connections asks for ${formatCount(connections)}`,
  ];
}
