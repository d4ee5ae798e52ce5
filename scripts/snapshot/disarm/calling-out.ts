/** A function as the catalog has it. */
export interface KnownFunction {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly language: string;
  /** Whoever may use its language may do on the server's host what PostgreSQL's own user may. */
  readonly isUntrusted: boolean;
  /** That it came with; null = it is the application's own. */
  readonly extension: string | null;
  readonly source: string;
}

/** Extensions whose functions speak to others, and which of their functions do. */
const EXTENSIONS: Readonly<Record<string, RegExp>> = {
  dblink: /^dblink(?!_(?:fdw_validator|build_sql_|get_pkey|get_notify|current_query))/,
  http: /^http/,
  pg_net: /^http_/,
  pgsmtp: /./,
  pg_smtp_client: /./,
  pg_curl: /./,
  pg_amqp: /^(?:autonomous_)?publish/,
  aws_lambda: /./,
  aws_s3: /./,
};
/** Languages in which every function is a call of something else. */
const LANGUAGES: ReadonlySet<string> = new Set(['plsh', 'plproxy']);
/** Extensions that bring functions or languages that speak to others. */
export const SPEAKING_EXTENSIONS: readonly string[] = [...Object.keys(EXTENSIONS), ...LANGUAGES];
/** Words of Python, Perl, Tcl, R and shells for the network and for other programs. */
const OUTWARD =
  /\b(?:sockets?|smtplib|smtp|urllib\d?|https?|httplib|requests|ftplib|ftp|paramiko|boto3?|psycopg2?|subprocess|popen|system|exec\w*|LWP|Net::\w+|IO::Socket|curl|wget|sendmail|qx)\b|`/i;
const COPY_PROGRAM = /\bcopy\b[^;]*\bprogram\b/is;
const OTHER_LANGUAGE = /\blanguage\s+["']?(?:\w+u|plsh|plproxy|plr)\b/i;
/** Begins the body of a function that was emptied. */
export const EMPTIED = '-- disarmed';

/** Does its own code speak to others? */
export function callsOutByItself({
  name,
  language,
  isUntrusted,
  extension,
  source,
}: Omit<KnownFunction, 'oid' | 'schema'>): boolean {
  if (extension !== null) return EXTENSIONS[extension]?.test(name) === true;
  if (source.startsWith(EMPTIED)) return true;
  if (LANGUAGES.has(language)) return true;
  if (language === 'internal' || language === 'c') return false;
  return isUntrusted ? OUTWARD.test(source) : COPY_PROGRAM.test(source);
}

/** Can the function that a statement makes speak to others by its own code? */
export function mayCallOut(statement: string): boolean {
  return COPY_PROGRAM.test(statement) || OTHER_LANGUAGE.test(statement);
}

/** Those that speak to others, themselves or by a function that they name. @returns their oids */
export function callingOut(functions: readonly KnownFunction[]): ReadonlySet<number> {
  const calling = new Set(functions.filter(callsOutByItself));
  const words = new Map(functions.map((each) => [each, new Set(each.source.toLowerCase().match(/[\w$]+/g))]));
  for (let before = -1; before !== calling.size;) {
    before = calling.size;
    const names = [...calling].map(({ name }) => name.toLowerCase());
    for (const each of functions) {
      if (each.extension !== null || calling.has(each)) continue;
      if (names.some((name) => words.get(each)?.has(name))) calling.add(each);
    }
  }
  return new Set([...calling].map(({ oid }) => oid));
}
