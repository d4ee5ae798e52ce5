import { registerSecret } from '../shared/redact.ts';

/** How to reach one PostgreSQL server. The password is a secret: never log an endpoint as a whole. */
export interface PgEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Settings of each session, such as `-c deadlock_timeout=1s`. */
  readonly options?: string;
}

/** The roles under which the tool's own connections appear, as `rehearse/<role>` in pg_stat_activity. */
export type ConnectionRole =
  'restore' | 'app' | 'migration' | 'probe' | 'compatibility' | 'setup' | 'command' | `actor/${string}`;

export const APPLICATION_PREFIX = 'rehearse/';

/**
 * The libpq environment of an endpoint, for programs that the tool starts (pg_restore, migration tools). What such a program
 * prints may hold the password, so it is registered as a secret.
 */
export function libpqEnvironment(endpoint: PgEndpoint, role: ConnectionRole): Record<string, string> {
  const { host, port, user, password, database, options } = endpoint;
  registerSecret(password);
  const url = new URL(`postgresql://${host.includes(':') ? `[${host}]` : host}:${port}`);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  url.pathname = `/${encodeURIComponent(database)}`;
  return {
    DATABASE_URL: url.href,
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGAPPNAME: `${APPLICATION_PREFIX}${role}`,
    ...(options === undefined ? {} : { PGOPTIONS: options }),
  };
}
