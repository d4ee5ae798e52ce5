const LINE_WIDTH = 120;
/** Marks that sit on the character before them take no column of their own. */
const ZERO_WIDTH = /\p{M}/u;
/** Characters that terminals draw two columns wide. */
const DOUBLE_WIDTH = /\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Hangul}|\p{Emoji_Presentation}/u;

interface SqlExcerpt {
  /** The lines up to the position and, under them, a caret; no line break at the end. */
  readonly text: string;
  /** Where the position is inside the SQL; both count from 1, `column` in characters. */
  readonly line: number;
  readonly column: number;
}

/**
 * The part of an SQL text around a position as PostgreSQL reports it: characters (not bytes, not UTF-16 units) from 1.
 * Shows up to `context` lines that end with the position's line; a position outside the text is moved to its nearest end.
 */
export function sqlExcerpt(sql: string, position: number, context = 4): SqlExcerpt {
  const characters = Array.from(sql.trimEnd());
  const before = characters.slice(0, Math.max(0, Math.trunc(position) - 1)).join('');
  const start = before.lastIndexOf('\n') + 1;
  const lines = sql
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const line = before.split('\n').length;
  const shown = lines.slice(Math.max(0, line - context), line - 1).map(cut);
  const lead = Array.from(before.slice(start));
  const { text, lead: cutLead } = window(lines[line - 1] ?? '', lead);
  return {
    text: [...shown, text, `${cutLead.map(blank).join('')}^`].join('\n'),
    line,
    column: lead.length + 1,
  };
}

function cut(line: string): string {
  const characters = Array.from(line);
  return characters.length <= LINE_WIDTH ? line : `${characters.slice(0, LINE_WIDTH - 1).join('')}…`;
}

/** A very long line as the part of it around the end of `lead`. */
function window(line: string, lead: readonly string[]): { text: string; lead: readonly string[] } {
  const from = lead.length - Math.floor(LINE_WIDTH / 2);
  if (from <= 0 || Array.from(line).length <= LINE_WIDTH) return { text: cut(line), lead };
  return { text: cut(`…${Array.from(line).slice(from).join('')}`), lead: ['…', ...lead.slice(from)] };
}

/** Blanks as wide as the character: a tab stays a tab, so that the caret stands right whatever the tab width. */
function blank(character: string): string {
  if (character === '\t') return '\t';
  if (ZERO_WIDTH.test(character)) return '';
  return DOUBLE_WIDTH.test(character) ? '  ' : ' ';
}
