const LETTER = 'A-Za-z_\\u0080-\\uffff';
/** The end of the text ends what is open: pg_stat_activity cuts statements at 1 kB. */
const END = '$(?![^])';

/** Strings and numbers, longest form first: `$tag$…$tag$`, `E'…'`, `'…'`, `0xff`, `1.5e3`. */
const CONSTANT = [
  `\\$(?<tag>[${LETTER}][\\d${LETTER}]*|)\\$[^]*?(?:\\$\\k<tag>\\$|${END})`,
  `[eE]'(?:[^'\\\\]|\\\\[^]|'')*(?:'|\\\\?${END})`,
  `(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|${END})`,
  `0[xXoObB][\\da-fA-F_]+`,
  `(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][+-]?\\d+)?`,
].join('|');
const KEPT = [`"(?:[^"]|"")*(?:"|${END})`, `\\$\\d+`, `[${LETTER}][\\d$${LETTER}]*`, '[^]'].join('|');
const PIECE = new RegExp(`(?<comment>--[^\\n]*|/\\*)|(?<constant>${CONSTANT})|${KEPT}`, 'y');

const LONGEST = 1000;

/**
 * `sql` in one line, with `$1`, `$2` … for its constants as pg_stat_statements writes them, and without comments: no values
 * of rows are left. Works on any text, also on one that was cut off or is no SQL.
 */
export function withoutConstants(sql: string): string {
  let next = 1 + Math.max(0, ...[...sql.matchAll(/\$(\d{1,5})/g)].map(([, number]) => Number(number)));
  let text = '';
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(sql); match !== null; match = PIECE.exec(sql)) {
    const { comment, constant } = match.groups ?? {};
    if (comment === '/*') PIECE.lastIndex = commentEnd(sql, match.index);
    if (comment !== undefined) text += ' ';
    else text += constant === undefined ? match[0] : `$${next++}`;
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, LONGEST);
}

/** Comments nest. */
function commentEnd(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(sql); match !== null; match = mark.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}
