import { eitherOf } from './schema/fields.ts';

/** What `snapshot.source` may begin with where it names no file of this machine, and an example of each. */
const SNAPSHOT_SCHEMES = {
  'https:': 'https://host/shop.sql.gz',
  'postgres:': 'postgres://user@host/shop',
  's3:': 's3://bucket/shop.dump',
  'ssh:': 'ssh://host/var/dumps/shop.sql.zst',
} as const;

export type SnapshotScheme = keyof typeof SNAPSHOT_SCHEMES;

/** Other ways to write some of them; http is for loopback. */
const SAME_AS: Readonly<Record<string, SnapshotScheme>> = { 'http:': 'https:', 'postgresql:': 'postgres:' };
/** What may stand behind the ? of a database’s URL, as with libpq. */
const OF_DATABASE = [
  'host',
  'port',
  'password',
  'passfile',
  'service',
  'target_session_attrs',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
];
/** PostgreSQL, "target_session_attrs". */
export const SESSION_ATTRS = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;
/** Scheme, user with `@`, hosts with their ports, all behind them (PostgreSQL, "Connection URIs"). */
const DATABASE = /^(postgres(?:ql)?:\/\/)([^@/?#]*@)?([^/?#]*)([^?#]*)\??(.*)$/is;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const SECRET_PARAMETER = /signature|token|secret|password|credential|^sig$|key$/i;

/** Does it name a place outside of this machine's files? */
export function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

/** By what its like is read; of a URL that is none of them, what it says. */
export function schemeOf({ protocol }: URL): string {
  return SAME_AS[protocol] ?? protocol;
}

/**
 * A URL of a database may name several hosts, or a user and no host; neither can be parsed. Both are written as libpq's parameters
 * `host` and `port`, which mean the same; every other URL stays as it is.
 */
export function readableUrl(source: string): string {
  const [, scheme = '', user = '', hosts, path = '', query = ''] = DATABASE.exec(source) ?? [];
  const isWithoutHost = hosts === '' && user !== '' && /(?:^|&)host=/.test(query);
  if (hosts === undefined || (!hosts.includes(',') && !isWithoutHost)) return source;
  const places = hosts.split(',').map((place) => /^(\[[^\]]*\]|[^:]*):?(.*)$/s.exec(place) ?? []);
  const list = (at: 1 | 2): string =>
    places.map((place) => (place[at] ?? '').replace(/^\[|\]$/g, '')).join(',');
  const written = hosts === '' ? [] : [`host=${list(1)}`, `port=${list(2)}`];
  const parameters = [...written, ...(query === '' ? [] : [query])].join('&');
  return `${scheme}${user}${hosts === '' ? 'localhost' : places[0]?.[1]}${path}?${parameters}`;
}

/** Is it a database, which is read as it is at the moment? */
export function isDatabase(source: string): boolean {
  const url = readableUrl(source);
  return URL.canParse(url) && schemeOf(new URL(url)) === 'postgres:';
}

/**
 * What is wrong with the URL of a snapshot, as sentences that repeat nothing of it that may be secret.
 * @param secrets values that came from the environment: what is in them may stand in a URL
 */
export function urlMistakes(source: string, secrets: readonly string[]): string[] {
  const readable = readableUrl(source);
  if (!URL.canParse(readable)) return ['is not a URL; write it as in https://host/shop.sql.gz'];
  const url = new URL(readable);
  const wrong: string[] = [];
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    wrong.push('goes over the network in the clear; write https://');
  else if (!(schemeOf(url) in SNAPSHOT_SCHEMES))
    wrong.push(`${url.protocol}// is not read here; write ${eitherOf(Object.values(SNAPSHOT_SCHEMES))}`);
  if (isDatabase(source)) wrong.push(...databaseMistakes(url));
  else if (url.host === '' || url.pathname.length < 2) wrong.push('names no file behind its host');
  if (url.hash !== '') wrong.push('has a # in it; write %23 for one in a name');
  if (url.protocol === 'ssh:' && url.password !== '')
    wrong.push('has a password, and ssh takes none from a URL; let it in by a key or an agent');
  if (url.protocol === 's3:' && (url.username !== '' || url.password !== ''))
    wrong.push('has keys in it; give them by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or by AWS_PROFILE');
  else if (
    secretsIn(url).some((spellings) => !secrets.some((value) => spellings.some((one) => value.includes(one))))
  )
    wrong.push(
      'has a secret in it, which would be recorded with every run; write ${NAME} and keep its value in .env',
    );
  return wrong;
}

function databaseMistakes(url: URL): string[] {
  const wrong: string[] = [];
  const given = url.searchParams;
  if (url.host === '' && !given.has('host') && !given.has('service')) wrong.push('names no host');
  if (url.pathname.length < 2 && !given.has('service')) wrong.push('names no database behind its host');
  const attrs = given.get('target_session_attrs');
  if (attrs !== null && !SESSION_ATTRS.some((one) => one === attrs))
    wrong.push(`has a target_session_attrs that is none; write ${eitherOf(SESSION_ATTRS)}`);
  const [hosts, ports] = ['host', 'port'].map((name) => given.get(name)?.split(',').length);
  if (hosts !== undefined && ports !== undefined && ports !== 1 && ports !== hosts)
    wrong.push(`names ${hosts} hosts and ${ports} ports; write one port, or one for each host`);
  const unread = [...url.searchParams.keys()].filter((name) => !OF_DATABASE.includes(name));
  if (unread.length > 0)
    wrong.push(`says ${unread.join(', ')}, and only ${eitherOf(OF_DATABASE)} is read here`);
  return wrong;
}

/** Each as it may have been written. */
function secretsIn({ password, searchParams }: URL): string[][] {
  const parameters = [...searchParams].filter(([name]) => SECRET_PARAMETER.test(name));
  const all = [
    [password, decodeURIComponent(password)],
    ...parameters.map(([, value]) => [value, encodeURIComponent(value)]),
  ];
  return all.filter(([text]) => text !== '');
}
