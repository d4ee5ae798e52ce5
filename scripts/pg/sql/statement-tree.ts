import { parseSync, scanSync, type Node, type RangeVar, type ScanToken } from 'libpg-query';

/** Many rules and checks read each statement of a plan: so many texts, none longer than that, are parsed once. */
const MOST_KEPT = 4000;
const LONGEST_KEPT = 10_000;
const kept = new Map<string, StatementTree | undefined>();

/** One statement of the author's as PostgreSQL's parser sees it. `libpg-query` must be loaded. */
export class StatementTree {
  readonly node: Node;
  readonly tokens: readonly ScanToken[];
  /** The parser counts in bytes of UTF-8. */
  readonly #bytes: Buffer;
  readonly #spelling = new Map<string, string>();

  private constructor(sql: string, node: Node) {
    this.node = node;
    this.#bytes = Buffer.from(sql);
    this.tokens = scanSync(sql).tokens.filter(({ text }) => !/^(--|\/\*)/.test(text) && text !== ';');
    for (const { text } of this.tokens) this.#spelling.set(bareName(text), text);
  }

  /** Undefined for what is not exactly one statement. Whoever asks for the same text again gets the same tree. */
  static parse(sql: string): StatementTree | undefined {
    if (sql.length > LONGEST_KEPT) return StatementTree.#parsed(sql);
    if (kept.has(sql)) return kept.get(sql);
    const tree = StatementTree.#parsed(sql);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(sql, tree);
    return tree;
  }

  static #parsed(sql: string): StatementTree | undefined {
    try {
      const { stmts = [] } = parseSync(sql);
      const [only, second] = stmts;
      return only?.stmt && second === undefined ? new StatementTree(sql, only.stmt) : undefined;
    } catch {
      return undefined; // SQL that PostgreSQL itself will refuse needs no advice
    }
  }

  /** An identifier as the author wrote it; a new one is quoted where it must be. */
  spell(name: string): string {
    return this.#spelling.get(name) ?? quoted(name);
  }

  /** `schema.table` as the author wrote it. */
  relation({ schemaname, relname = '' }: RangeVar): string {
    return schemaname === undefined
      ? this.spell(relname)
      : `${this.spell(schemaname)}.${this.spell(relname)}`;
  }

  /** The author's text between two byte offsets, trimmed. */
  text(fromByte: number, toByte: number = this.endByte): string {
    return this.#bytes.subarray(fromByte, toByte).toString().trim();
  }

  /**
   * The author's words behind a keyword at the top level, up to the first of `ends` or the end; comments beside them are left
   * out. Only for keywords that no expression can hold outside of parentheses. Null where there is none.
   */
  clause(keyword: string, ...ends: readonly string[]): string | null {
    let depth = 0;
    let first: ScanToken | undefined;
    let last: ScanToken | undefined;
    let found = false;
    for (const token of this.tokens) {
      const { text } = token;
      const isTop = depth === 0;
      if (text === '(') depth += 1;
      if (text === ')') depth -= 1;
      if (isTop && found && ends.includes(text.toLowerCase())) break;
      if (found) {
        first ??= token;
        last = token;
      } else if (isTop && text.toLowerCase() === keyword) found = true;
    }
    return first && last ? this.text(first.start, last.end) : null;
  }

  /** Behind the last token; a closing semicolon is not part of the statement. */
  get endByte(): number {
    return this.tokens.at(-1)?.end ?? 0;
  }

  /** The whole statement with `words` put behind the first token that is one of `after`. */
  withWords(words: string, ...after: readonly string[]): string {
    const token = this.tokens.find(({ text }) => after.includes(text.toLowerCase()));
    if (token === undefined) return this.text(0);
    return `${this.text(0, token.end)} ${words} ${this.text(token.end)}`;
  }
}

/** A name that PostgreSQL cuts to 63 bytes (NAMEDATALEN - 1), quoted where it must be. */
export function newName(...parts: readonly string[]): string {
  let name = parts.join('_');
  while (Buffer.byteLength(name) > 63) name = name.slice(0, -1);
  return quoted(name);
}

/** The name that a spelling stands for: `a b` of `"a b"`, `ab` of `AB`. */
export function bareName(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token.toLowerCase();
}

/** A column's or relation's own name, quoted where it must be. */
export function quoted(name: string): string {
  const isBare = /^[a-z_][a-z0-9_$]*$/.test(name) && (scanSync(name).tokens[0]?.keywordKind ?? 0) <= 1;
  return isBare ? name : `"${name.replaceAll('"', '""')}"`;
}
