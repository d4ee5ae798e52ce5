import { isAuthorText, isPublicName } from './public-names.ts';
import { isVocabulary } from './vocabulary.ts';

/*
 * A template is a message of PostgreSQL with marks in the places of its arguments:
 *   %n  a name           told if it is a public one (public-names.ts)
 *   %t  types, a function's signature, an operator, a command, an object's description: told if each word is known
 *   %k  a piece of SQL   told if the author wrote it
 *   %d  a number of the schema or the server, told
 *   %x  a value, a file, whatever else: never told
 */

const HIDDEN = '…';
const MARK = /%[ntkdx]/g;
/** Of messages that are longer, the middle is left out first: what is in it would not be told anyway. */
const LONGEST_MESSAGE = 4_000;
/** The shortest piece of SQL that says something of a row. */
const SHORTEST_PIECE = 2;

export interface Template {
  readonly pattern: RegExp;
  readonly parts: readonly string[];
  readonly marks: readonly string[];
}

/** @param lines one template a line; the one with the most words of its own is tried first */
export function templatesOf(lines: string): readonly Template[] {
  const fixed = (line: string): number => line.replace(MARK, '').length;
  return lines
    .trim()
    .split('\n')
    .sort((a, b) => fixed(b) - fixed(a))
    .map((line) => {
      const parts = line.split(MARK);
      return {
        pattern: new RegExp(`^${parts.map((part) => escaped(part)).join('([^]*?)')}$`),
        parts,
        marks: line.match(MARK) ?? [],
      };
    });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** `message` as the first template that it fits tells it; undefined where none does. */
export function toldBy(templates: readonly Template[], message: string): string | undefined {
  const text = shortened(message);
  for (const { pattern, parts, marks } of templates) {
    const found = pattern.exec(text);
    if (!found) continue;
    const told = marks.map((mark, index) => argument(mark, found[index + 1] ?? ''));
    return parts.map((part, index) => part + (told[index] ?? '')).join('');
  }
  return undefined;
}

function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  return `${message.slice(0, LONGEST_MESSAGE / 2)}\0${message.slice(-LONGEST_MESSAGE / 2)}`;
}

function argument(mark: string, text: string): string {
  switch (mark) {
    case '%n':
      return isPublicName(text) ? text : HIDDEN;
    case '%t':
      return isKnownTerm(text) ? text : HIDDEN;
    case '%k':
      return piece(text);
    case '%d':
      return /^-?\d+$/.test(text) ? text : HIDDEN;
    default:
      return HIDDEN;
  }
}

const TERM =
  /"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{M}\p{N}_$]*|\(\d+(?:,\s?-?\d+)?\)|[\s.,()[\]*=<>!~@#%^&|?+/`:-]/gu;
const LONGEST_TERM = 400;

/** Every word is PostgreSQL's own or a public name; numbers only as a type's length. */
function isKnownTerm(text: string): boolean {
  if (isPublicName(text)) return true;
  if (text.length > LONGEST_TERM) return false;
  const pieces = text.match(TERM) ?? [];
  return (
    pieces.join('') === text &&
    pieces.every((word) => !/[\p{L}_"]/u.test(word) || isVocabulary(word) || isPublicName(word))
  );
}

const LONGEST_PIECE = 40;

/** After an open quote PostgreSQL repeats all the text that follows: one short line of it is enough. */
function piece(text: string): string {
  const [line = ''] = text.trim().split('\n');
  const cut = Array.from(line.trimEnd()).slice(0, LONGEST_PIECE).join('');
  if (cut.length >= SHORTEST_PIECE && !isVocabulary(cut) && !isAuthorText(cut)) return HIDDEN;
  return cut.length < text.trim().length ? `${cut}…` : cut;
}
