import type { PgEndpoint } from '../pg/endpoint.ts';

/** Connection URLs of PostgreSQL, also inside a longer text (`-Dspring.datasource.url=jdbc:postgresql://…`, JSON). */
const URLS =
  /(?<jdbc>\bjdbc:(?:[\w-]+:)*(?:postgresql|pgsql):)[^\s"'`<>\\]*|(?<r2dbc>\br2dbc:(?:[\w-]+:)*postgres(?:ql)?:\/\/)[^\s"'`<>\\]*|(?<scheme>(?<![\w+])(?:prisma\+)?(?:postgres|postgresql|postgis|pgsql|psql|pgx5?|ecto|cockroachdb|timescale|timescalegis)(?:\+\w+)?):\/\/[^\s"'`<>\\]*/gi;

const KEYWORD = /(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S*)/g;
/** Longer ones nobody writes; what is longer is text that happens to hold an equals sign. */
const LONGEST_KEYWORDS = 4096;

/** Does a value name a PostgreSQL database, in any spelling that drivers read? */
export function isConnectionString(value: string): boolean {
  return value.search(URLS) >= 0 || isKeywords(value) || isNpgsql(value);
}

/** The value with every connection to PostgreSQL in it led to the endpoint, each in its own spelling. */
export function ledTo(endpoint: PgEndpoint, value: string): string {
  if (isNpgsql(value)) return npgsqlOf(endpoint);
  if (isKeywords(value)) return keywordsOf(endpoint);
  return value.replace(URLS, (...args) => {
    const groups = args.at(-1) as Record<string, string | undefined>;
    if (groups['jdbc'] !== undefined) return jdbcOf(endpoint);
    const scheme = groups['r2dbc']?.slice(0, -'://'.length) ?? groups['scheme'] ?? 'postgresql';
    return urlOf(endpoint, /^prisma\+/i.test(scheme) ? 'postgresql' : scheme);
  });
}

/** `postgresql://user:password@host:port/database?sslmode=disable`; drivers that are named in the scheme know no sslmode. */
export function urlOf(endpoint: PgEndpoint, scheme = 'postgresql'): string {
  const { port, user, password, database } = endpoint;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const ssl = /^postgres(ql)?$/i.test(scheme) ? '?sslmode=disable' : '';
  return `${scheme}://${login}@${hostOf(endpoint)}:${port}/${encodeURIComponent(database)}${ssl}`;
}

export function jdbcOf(endpoint: PgEndpoint): string {
  const { port, user, password, database } = endpoint;
  const login = `user=${encodeURIComponent(user)}&password=${encodeURIComponent(password)}`;
  return `jdbc:postgresql://${hostOf(endpoint)}:${port}/${encodeURIComponent(database)}?${login}&sslmode=disable`;
}

function hostOf({ host }: PgEndpoint): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** libpq's own form, `host=… dbname=…`. */
function keywordsOf({ host, port, user, password, database }: PgEndpoint): string {
  const pairs = { host, port: String(port), user, password, dbname: database, sslmode: 'disable' };
  return Object.entries(pairs)
    .map(
      ([key, value]) => `${key}=${/^[\w.:-]+$/.test(value) ? value : `'${value.replace(/['\\]/g, '\\$&')}'`}`,
    )
    .join(' ');
}

function isKeywords(value: string): boolean {
  if (value.length > LONGEST_KEYWORDS || !/^\s*\w+\s*=/.test(value) || value.includes('://')) return false;
  const keys = new Set([...value.matchAll(KEYWORD)].map(([, key = '']) => key.toLowerCase()));
  if (keys.has('service')) return true;
  const isSomewhere = keys.has('host') || keys.has('hostaddr');
  return (isSomewhere && keys.size > 1) || (keys.has('dbname') && (isSomewhere || keys.has('user')));
}

/** ADO.NET's form, `Host=…;Database=…`. */
function npgsqlOf({ host, port, user, password, database }: PgEndpoint): string {
  const quoted = `"${password.replaceAll('"', '""')}"`;
  return `Host=${host};Port=${port};Username=${user};Password=${quoted};Database=${database};SSL Mode=Disable`;
}

function isNpgsql(value: string): boolean {
  if (value.length > LONGEST_KEYWORDS || !value.includes(';')) return false;
  const pairs = value.split(';').map((pair) => pair.split('=')[0]?.trim().toLowerCase());
  return (
    pairs.includes('host') &&
    pairs.some((key) => key !== undefined && /^(database|db|user(name| id)?)$/.test(key))
  );
}
