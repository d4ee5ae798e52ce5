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
