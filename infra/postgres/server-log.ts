/** Reading PostgreSQL's log for the lines that tell why a server did not start or ended. */

interface LogLine {
  readonly level: string;
  readonly text: string;
}

/** Why a server did not start. */
export interface StartProblem {
  readonly message: string;
  /** A setting that PostgreSQL does not know. */
  readonly unknownSetting?: string;
  /** A setting whose value it refuses. */
  readonly wrongSetting?: string;
  /** PostgreSQL's own hint. */
  readonly hint?: string;
}

/** Refused or ended sessions; they say nothing about the server's own end. */
const SESSION_ONLY =
  /^(the database system is |terminating |password authentication|no pg_hba|sorry, too many|remaining connection|connection to client|canceling |(role|database) "|unsupported frontend|expected )/;

/** Says only that something before it went wrong. */
const FOLLOW_UP = /^configuration file ".*" contains errors|^could not create any TCP\/IP sockets/;

const NAMES_A_SETTING = /\bparameter "[^"]+"|^syntax error in file|^could not (access|load) (file|library) "/;

/** Code of a database can write lines of its own; none of them reads exactly like this and holds more. */
const CRASH = /^[a-z ]+ \(PID \d+\) was terminated by signal \d+: [A-Za-z ()]{1,40}$/;

export function isDiskFull(text: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(text);
}

export function isPortTaken(log: string): boolean {
  return /could not bind .*: Address (already )?in use/.test(log);
}

/** Every setting that PostgreSQL complains about, else its last fatal line; empty where the log does not say. */
export function startProblems(log: string): StartProblem[] {
  const lines = parseLog(log).filter(({ text }) => !FOLLOW_UP.test(text));
  const problems = lines.flatMap(({ level, text }, index) =>
    /^(LOG|ERROR|FATAL)$/.test(level) && NAMES_A_SETTING.test(text) ? [toProblem(lines, index)] : [],
  );
  if (problems.length > 0) return problems;
  const last = lines.findLastIndex(
    ({ level, text }) => /^(PANIC|FATAL|ERROR)$/.test(level) || text.startsWith('could not bind '),
  );
  return last < 0 ? [] : [toProblem(lines, last)];
}

/** The last words of a server that ended by itself. ERROR, DETAIL, CONTEXT and STATEMENT quote rows: never taken. */
export function lastWords(log: string): string | undefined {
  const lines = parseLog(log);
  const panic = lines.findLast(({ level }) => level === 'PANIC');
  const fatal = lines.findLast(({ level, text }) => level === 'FATAL' && !SESSION_ONLY.test(text));
  const crash = lines.findLast(({ level, text }) => level === 'LOG' && CRASH.test(text));
  return (panic ?? fatal ?? crash)?.text;
}

function toProblem(lines: readonly LogLine[], index: number): StartProblem {
  const message = (lines[index]?.text ?? '').replace(/ in file ".*" (?:at )?line \d+/, '');
  const next = lines[index + 1];
  const hint = next?.level === 'HINT' ? { hint: next.text } : {};
  const unknown = /^unrecognized configuration parameter "([^"]+)"/.exec(message)?.[1];
  if (unknown !== undefined) return { message, unknownSetting: unknown, ...hint };
  const library = /^could not (access|load) (file|library) "/.test(message);
  const wrong = library ? 'shared_preload_libraries' : /parameter "([^"]+)"/.exec(message)?.[1];
  return { message, ...(wrong === undefined ? {} : { wrongSetting: wrong }), ...hint };
}

/** Continuation lines start with a tab. */
function parseLog(log: string): LogLine[] {
  return log.split('\n').flatMap((line) => {
    if (line.startsWith('\t')) return [];
    const match = /\b(PANIC|FATAL|ERROR|LOG|HINT|DETAIL|CONTEXT|STATEMENT|WARNING): {2}(.*)$/.exec(line);
    return match ? [{ level: match[1] ?? '', text: match[2] ?? '' }] : [];
  });
}
