import { APPLICATION_PREFIX, type ConnectionRole, type PgEndpoint } from '../pg/endpoint.ts';
import { registerSecret } from '../shared/text/redact.ts';
import { isConnectionString, jdbcOf, ledTo, urlOf } from './connection-string.ts';
import { ALWAYS_SET, connectionPart, wantsJdbc, type ConnectionPart } from './connection-variables.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Where a child's variables come from; the connection among them is replaced whatever they say. */
export interface ChildVariables {
  /** The tool's own environment. */
  readonly inherited: Variables;
  /** Names that the rehearsal takes from the environment, with their values. */
  readonly given?: Variables;
  /** What `.env` files hold that the child might read by itself: not handed on, but for connections, which are set before it does. */
  readonly dotenv?: Variables;
  /** Whether service files are there that it could come upon; true unless said otherwise. */
  readonly meetsServices?: boolean;
}

/** A file that is not there: libpq reads neither a password nor a service from the user's own files then. */
const NOWHERE = '/dev/null/none';

/**
 * The whole environment of a program that the tool starts: the endpoint is the only PostgreSQL that it names, in every spelling
 * that drivers read. What the program prints may hold the password, so it is registered as a secret.
 */
export function childEnvironment(
  endpoint: PgEndpoint,
  role: ConnectionRole,
  { inherited, given = {}, dotenv = {}, meetsServices = true }: ChildVariables,
): Record<string, string> {
  registerSecret(endpoint.password);
  registerSecret(encodeURIComponent(endpoint.password));
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...dotenv, ...inherited, ...given })) {
    if (value === undefined) continue;
    const part = connectionPart(name);
    if (part === 'withheld') continue;
    if (part !== undefined) env[name] = valueOf(part, name, value, endpoint);
    else if (isConnectionString(value)) env[name] = ledTo(endpoint, value);
    else if (name in inherited || name in given) env[name] = value;
  }
  for (const name of ALWAYS_SET) {
    const part = connectionPart(name);
    if (part !== undefined) env[name] ??= valueOf(part, name, '', endpoint);
  }
  const services = meetsServices ? { PGSERVICEFILE: NOWHERE, PGSYSCONFDIR: NOWHERE } : {};
  return { ...env, ...libpq(endpoint, role), ...services };
}

function valueOf(part: ConnectionPart, name: string, written: string, endpoint: PgEndpoint): string {
  switch (part) {
    case 'url':
      if (isConnectionString(written)) return ledTo(endpoint, written);
      return wantsJdbc(name) ? jdbcOf(endpoint) : urlOf(endpoint);
    case 'host':
      return endpoint.host;
    case 'port':
      return String(endpoint.port);
    case 'user':
      return endpoint.user;
    case 'password':
      return endpoint.password;
    case 'database':
      return endpoint.database;
    case 'sslmode':
      return 'disable';
    case 'withheld':
      return '';
  }
}

function libpq(endpoint: PgEndpoint, role: ConnectionRole): Record<string, string> {
  const { host, port, user, password, database, options } = endpoint;
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: 'disable',
    PGAPPNAME: `${APPLICATION_PREFIX}${role}`,
    PGPASSFILE: NOWHERE,
    PGOPTIONS: options ?? '',
  };
}
