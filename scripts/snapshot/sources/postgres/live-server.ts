import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { registerSecret } from '../../../shared/text/redact.ts';

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

/** A server that others use, and that is read only. Its password is a secret. */
export interface LiveServer {
  /** Without user, password and query: fit to be shown. */
  readonly shown: string;
  /** A name or an address; or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Null = it stands in the password file, or none is needed. */
  readonly password: string | null;
  readonly passwordFile: string;
  readonly tls: Readonly<Partial<Record<TlsParameter, string>>>;
}

/** Of a URL as `postgres://user@host:5432/database?sslmode=verify-full`; what is left out comes from the environment, as with libpq. */
export function liveServer(url: URL, env: NodeJS.ProcessEnv): LiveServer {
  const given = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const host = given('host') ?? decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
  const port = Number(given('port') ?? (url.port || PORT));
  const path = url.pathname.slice(1);
  const written = decodeURIComponent(url.password);
  const password = [written, given('password'), env['PGPASSWORD']].find((one) => one) ?? null;
  for (const secret of [url.password, password ?? '', encodeURIComponent(password ?? '')])
    registerSecret(secret);
  const tls = Object.entries(TLS_VARIABLES).map(([name, variable]) => [name, given(name) ?? env[variable]]);
  const place = host.startsWith('/') || url.port === '' ? '' : `:${url.port}`;
  return {
    shown: `postgres://${url.hostname}${place}/${path}`,
    host,
    port,
    user: decodeURIComponent(url.username) || (env['PGUSER'] ?? userInfo().username),
    database: decodeURIComponent(path),
    password,
    passwordFile: env['PGPASSFILE'] ?? join(env['HOME'] ?? homedir(), '.pgpass'),
    tls: Object.fromEntries(tls.filter(([, value]) => value !== undefined)) as LiveServer['tls'],
  };
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
    ...(server.password !== null && { PGPASSWORD: server.password }),
    PGAPPNAME: applicationName,
    PGCONNECT_TIMEOUT: String(CONNECT_S),
    LC_ALL: 'C',
  };
}
