/** How to reach one PostgreSQL server. The password is a secret: never log an endpoint as a whole. */
export interface PgEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Folder of the server's socket, which the tool's own connections take; other programs take host and port. */
  readonly socketDir?: string | undefined;
  /** Settings of each session, such as `-c deadlock_timeout=1s`. */
  readonly options?: string;
}

/** The roles under which the tool's own connections appear, as `rehearse/<role>` in pg_stat_activity. */
export type ConnectionRole =
  'restore' | 'app' | 'migration' | 'probe' | 'compatibility' | 'setup' | 'command' | `actor/${string}`;

export const APPLICATION_PREFIX = 'rehearse/';

/** Where our own connections go, as `net.connect` takes it. */
export function addressOf({
  host,
  port,
  socketDir,
}: PgEndpoint): { path: string } | { host: string; port: number } {
  return socketDir === undefined ? { host, port } : { path: `${socketDir}/.s.PGSQL.${port}` };
}
