/** What a command of psql inside a dump asks for. */
type MetaCommand =
  | { readonly type: 'ignore' }
  | { readonly type: 'connect'; readonly database: string }
  | { readonly type: 'encoding'; readonly encoding: string }
  /** Only psql itself can do it. */
  | { readonly type: 'unsupported'; readonly name: string };

/** Commands that change what psql shows, or protect psql's own session; pg_dump writes \restrict since its 2025 releases. */
const IGNORED = new Set(['restrict', 'unrestrict', 'echo', 'qecho', 'warn', 'timing', 'pset', 'x']);
const SHOWS_ONLY = /^set\s+(ON_ERROR_STOP|ECHO|QUIET|VERBOSITY|ON_ERROR_ROLLBACK)\b/i;

/** Reads a command without its backslash, such as `connect -reuse-previous=on "dbname='shop'"`. */
export function parseMetaCommand(text: string): MetaCommand {
  const [, name = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? [];
  if (IGNORED.has(name) || SHOWS_ONLY.test(text)) return { type: 'ignore' };
  if (name === 'connect' || name === 'c') return { type: 'connect', database: databaseOf(rest) };
  if (name === 'encoding' && rest !== '') return { type: 'encoding', encoding: unquote(rest) };
  return { type: 'unsupported', name };
}

/** pg_dump writes a plain or quoted name, or for odd names a connection string in quotes. */
function databaseOf(words: string): string {
  const target = words.replace(/^-reuse-previous=\S+\s+/, '');
  const plain = /^"((?:[^"]|"")*)"|^'((?:[^']|'')*)'|^(\S+)/.exec(target);
  const name = (plain?.[1] ?? plain?.[2] ?? plain?.[3] ?? '').replaceAll('""', '"');
  const inString = /^dbname='((?:[^'\\]|\\.)*)'/.exec(name);
  return inString?.[1] === undefined ? name : inString[1].replace(/\\(.)/g, '$1');
}

function unquote(word: string): string {
  return word.replace(/^['"](.*)['"]$/, '$1');
}
