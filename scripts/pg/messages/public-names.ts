/*
 * Which names may be told: those that the author wrote and those that the database's catalog has. A name in a message can be a
 * row's value (`select label::regclass`, `execute format('drop table %I', label)`), so each one is looked up before it is shown.
 */

const names = new Set<string>();
const authorTexts = new Set<string>();
/** Texts whose words are not in `names` yet: reading megabytes can wait until a message asks. */
let unread: string[] = [];

const WORD = /"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{M}\p{N}_$]*/gu;
/** Longer than any name can be: NAMEDATALEN is 64 bytes, and three parts can be joined by dots. */
const LONGEST_NAME = 260;

/** A text that the author wrote and that reports show: the plan's SQL, the app's scripts. */
export function registerAuthorText(text: string): void {
  if (authorTexts.has(text)) return;
  authorTexts.add(text);
  unread.push(text);
}

/** Names of tables, columns, types … as the catalog has them. */
export function registerNames(found: Iterable<string>): void {
  for (const name of found) names.add(name);
}

/** The identifiers in a text, without their quotes; unquoted ones also in the small letters that PostgreSQL gives them. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(WORD)].flatMap(([word, quoted]) =>
    quoted === undefined ? [word, word.toLowerCase()] : [quoted.replaceAll('""', '"')],
  );
}

/** All names that may be told, for another process to register. */
export function publicNames(): string[] {
  readTexts();
  return [...names];
}

/** A name, or several joined by dots. Each part is looked up as a whole. */
export function isPublicName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  readTexts();
  if (names.has(name)) return true;
  const parts = name.match(/"(?:[^"]|"")+"|[^."]+/g) ?? [];
  return (
    parts.length > 0 &&
    parts.join('.') === name &&
    parts.every((part) => names.has(part) || names.has(part.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"')))
  );
}

function readTexts(): void {
  for (const text of unread) for (const word of wordsOf(text)) names.add(word);
  unread = [];
}

/** A piece of a text of the author's, such as the place of a syntax error. */
export function isAuthorText(piece: string): boolean {
  for (const text of authorTexts) if (text.includes(piece)) return true;
  return false;
}

/** For tests: nothing is known. */
export function forgetNames(): void {
  names.clear();
  authorTexts.clear();
  unread = [];
}
