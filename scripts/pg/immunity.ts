import type { ConnectionRole } from './endpoint.ts';

/** Settings that end or bar a session; as options of the connection they win over those of roles, databases and the server. */
const LASTING = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  default_transaction_read_only: 'off',
};
const IMMUNE = {
  ...LASTING,
  default_transaction_isolation: String.raw`read\ committed`,
  row_security: 'off',
  role: 'none',
};
/** A look must not find a table of the author's under the name of a catalog's. */
const LOOKING = { ...IMMUNE, search_path: 'pg_catalog' };

/** Those that not every version knows: as options they would refuse the connection. Event triggers of the snapshot's are for DDL of the plan, not for ours. */
export const MAKE_IMMUNE = `select pg_catalog.set_config(name, '0', false) from pg_catalog.pg_settings
                             where name in ('idle_session_timeout', 'transaction_timeout', 'event_triggers')
                               and setting not in ('0', 'off') and (name <> 'event_triggers' or ${isSuperuser()})`;

function isSuperuser(): string {
  return '(select rolsuper from pg_catalog.pg_roles where rolname = session_user)';
}

/**
 * Who does not live under the rehearsed settings, because it is the rehearsal's own and stands for nobody in production: how a
 * connection of that role is made; undefined for the app, the plan, its programs and its company.
 */
export function immunityOf(role: ConnectionRole): string | undefined {
  if (role === 'probe') return optionsOf(LOOKING);
  if (role === 'setup') return optionsOf(IMMUNE);
  return role === 'restore' ? optionsOf(LASTING) : undefined;
}

function optionsOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
