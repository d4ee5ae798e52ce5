import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SESSION_ATTRS } from '../../../plan/snapshot-url.ts';
import { registerSecret } from '../../../shared/text/redact.ts';
import { serviceOf } from './service-file.ts';

/** Parameters of a URL that libpq takes by variables of the same meaning (PostgreSQL, "Environment Variables" of libpq). */
const TLS_VARIABLES = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;
type TlsParameter = keyof typeof TLS_VARIABLES;

/** Of the caller's variables for libpq: passwords and certificates. The others would lead elsewhere. */
const KEPT_VARIABLE = /^PG(PASSWORD|PASSFILE|SSL.*|GSS.*|KRB.*|CHANNELBINDING)$/;
const CONNECT_S = 15;
const PORT = 5432;

export interface Place {
  /** A name or an address; or the folder of a socket. */
  readonly host: string;
  readonly port: number;
}

/** A server that others use, and that is read only. Its password is a secret. */
export interface LiveServer extends Place {
  /** Without user, password and query: fit to be shown. */
  readonly shown: string;
  /** Asked where the one before is not to be reached, or is not what is wanted. */
  readonly others: readonly Place[];
  readonly wanted: (typeof SESSION_ATTRS)[number];
  readonly user: string;
  readonly database: string;
  /** Null = it stands in the password file, or none is needed. */
  readonly password: string | null;
  readonly passwordFile: string;
  readonly tls: Readonly<Partial<Record<TlsParameter, string>>>;
}

/**
 * Of a URL as `postgres://user@host:5432/database?sslmode=verify-full`; what is left out comes from the service that it names, then
 * from the environment, as with libpq.
 * @throws CONNECTION_FAILED where no file has the service
 */
export function liveServer(url: URL, env: NodeJS.ProcessEnv): LiveServer {
  const name = url.searchParams.get('service');
  const service = name === null ? {} : serviceOf(name, env);
  const given = (key: string): string | undefined => url.searchParams.get(key) ?? service[key];
  const host =
    url.searchParams.get('host') ??
    (decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '') || (service['host'] ?? ''));
  const [first = { host, port: PORT }, ...others] = placesOf(
    host,
    url.searchParams.get('port') ?? (url.port || service['port']),
  );
  const path = url.pathname.slice(1);
  const database = decodeURIComponent(path) || (service['dbname'] ?? '');
  const written = decodeURIComponent(url.password);
  const password = [written, given('password'), env['PGPASSWORD']].find((one) => one) ?? null;
  for (const secret of [url.password, password ?? '', encodeURIComponent(password ?? '')])
    registerSecret(secret);
  const tls = Object.entries(TLS_VARIABLES).map(([key, variable]) => [key, given(key) ?? env[variable]]);
  return {
    shown: `postgres://${shownPlaces([first, ...others], url)}/${path || database}`,
    ...first,
    others,
    wanted: (given('target_session_attrs') ?? 'any') as LiveServer['wanted'],
    user: decodeURIComponent(url.username) || (service['user'] ?? env['PGUSER'] ?? userInfo().username),
    database,
    password,
    passwordFile: given('passfile') ?? env['PGPASSFILE'] ?? join(env['HOME'] ?? homedir(), '.pgpass'),
    tls: Object.fromEntries(tls.filter(([, value]) => value !== undefined)) as LiveServer['tls'],
  };
}

/** Lists with commas; one port is for all hosts, and none is the usual one. */
function placesOf(hosts: string, ports = ''): Place[] {
  const numbers = ports.split(',');
  return hosts.split(',').map((host, at) => ({
    host,
    port: Number((numbers.length === 1 ? numbers[0] : numbers[at]) || PORT),
  }));
}

/** As the URL has them. */
function shownPlaces(places: readonly Place[], url: URL): string {
  if (places.length > 1) return places.map(({ host, port }) => `${host}:${port}`).join(',');
  const host = places[0]?.host ?? '';
  if (url.hostname === '' && !host.startsWith('/')) return host;
  return url.hostname + (host.startsWith('/') || url.port === '' ? '' : `:${url.port}`);
}

/** The environment of a program of PostgreSQL's that reads the server: no argument has to tell it where and as whom. */
export function clientVariables(
  server: LiveServer,
  applicationName: string,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('PG') || KEPT_VARIABLE.test(name));
  const tls = Object.entries(server.tls).map(([name, value]) => [TLS_VARIABLES[name as TlsParameter], value]);
  return {
    ...(Object.fromEntries([...own, ...tls]) as NodeJS.ProcessEnv),
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.user,
    PGDATABASE: server.database,
    PGPASSFILE: server.passwordFile,
    ...(server.password !== null && { PGPASSWORD: server.password }),
    PGAPPNAME: applicationName,
    PGCONNECT_TIMEOUT: String(CONNECT_S),
    LC_ALL: 'C',
  };
}
