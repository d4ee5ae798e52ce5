/** One SQL statement of a script, cut where psql's own rules cut it. */
export interface ScannedSql {
  /** Pieces of text and, between them, variables. */
  readonly parts: readonly (string | { readonly variable: string; readonly offset: number })[];
  /** What ended it: `;`, `\;` (goes to the server together with the next), a backslash command, or the end of the file. */
  readonly terminator: ';' | '\\;' | '\\' | 'eof';
  /** Where reading goes on: behind the `;`, at the backslash. */
  readonly end: number;
  readonly problem: { readonly message: string; readonly offset: number } | undefined;
}

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*`;
// Only what is not an element of SQL's own quoting may hold a variable or the end of the statement.
const ELEMENT = new RegExp(
  [
    String.raw`(?<verbatim>--[^\n]*|[eE]'(?:[^'\\]|\\[^]|'')*'|'[^']*'|"[^"]*"|::|\s+|[\p{L}_][\p{L}\p{N}_$]*)`,
    String.raw`(?<comment>/\*)`,
    String.raw`(?<dollar>\$(?:${NAME})?\$)`,
    String.raw`(?<variable>:${NAME})`,
    String.raw`(?<combined>\\;)`,
    String.raw`(?<open>['"])`,
    String.raw`(?<any>[^])`,
  ].join('|'),
  'uy',
);

/** Reads the statement that begins at `start`. */
export function scanSql(source: string, start: number): ScannedSql {
  const parts: ScannedSql['parts'][number][] = [];
  let problem: ScannedSql['problem'];
  let depth = 0;
  let at = start;
  const done = (terminator: ScannedSql['terminator'], end: number): ScannedSql => {
    return { parts, terminator, end, problem };
  };
  while (at < source.length) {
    ELEMENT.lastIndex = at;
    const groups = ELEMENT.exec(source)?.groups ?? {};
    const { any, comment, dollar, variable, combined, open } = groups;
    if (combined) return done('\\;', ELEMENT.lastIndex);
    if (any === ';' && depth === 0) return done(';', at + 1);
    if (any === '\\') return done('\\', at);
    if (any === '(') depth++;
    if (any === ')') depth = Math.max(0, depth - 1);
    const end = comment
      ? endOfComment(source, at)
      : dollar
        ? endOfDollarQuote(source, at, dollar)
        : open
          ? undefined
          : ELEMENT.lastIndex;
    if (end === undefined) {
      problem ??= { message: `${comment ? 'comment' : 'quoted text'} is not closed`, offset: at };
      return done('eof', source.length);
    }
    parts.push(variable ? { variable: variable.slice(1), offset: at } : source.slice(at, end));
    at = end;
  }
  return done('eof', at);
}

/** Comments nest in PostgreSQL. */
export function endOfComment(source: string, start: number): number | undefined {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(source); mark !== null; mark = marks.exec(source)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return undefined;
}

function endOfDollarQuote(source: string, start: number, tag: string): number | undefined {
  const closing = source.indexOf(tag, start + tag.length);
  return closing < 0 ? undefined : closing + tag.length;
}
