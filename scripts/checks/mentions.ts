import { StatementTree } from '../pg/sql/statement-tree.ts';

/** Whether a statement names the table, also in the body of a DO block, which is one token. @param table `schema.name` */
export function mentions(sql: string, table: string): boolean {
  const name = nameOf(table);
  const { names, texts } = wordsOf(sql);
  return spellings(name).some((spelling) => names.has(spelling)) || texts.some((text) => text.includes(name));
}

/** Which of many statements name a table: each is read once, however many tables are asked for. */
export class Mentions<T> {
  readonly #byName = new Map<string, T[]>();
  /** Those with texts in which any name may stand. */
  readonly #inTexts: { readonly item: T; readonly texts: readonly string[] }[] = [];

  constructor(items: readonly T[], sqlOf: (item: T) => string) {
    for (const item of items) {
      const { names, texts } = wordsOf(sqlOf(item));
      for (const name of names) {
        const own = this.#byName.get(name);
        if (own === undefined) this.#byName.set(name, [item]);
        else own.push(item);
      }
      if (texts.length > 0) this.#inTexts.push({ item, texts });
    }
  }

  /** @param table `schema.name` */
  of(table: string): ReadonlySet<T> {
    const name = nameOf(table);
    const within = this.#inTexts.filter(({ texts }) => texts.some((text) => text.includes(name)));
    return new Set([
      ...spellings(name).flatMap((spelling) => this.#byName.get(spelling) ?? []),
      ...within.map(({ item }) => item),
    ]);
  }
}

/** What of a statement can name something. */
interface Words {
  /** As PostgreSQL reads them, or in quotes as they are written. */
  readonly names: ReadonlySet<string>;
  /** Such as bodies, and all of what is not one statement. */
  readonly texts: readonly string[];
}

function wordsOf(sql: string): Words {
  const tree = StatementTree.parse(sql);
  if (tree === undefined) return { names: new Set(), texts: [sql] };
  const texts = tree.tokens.map(({ text }) => text);
  return {
    names: new Set(texts.flatMap((text) => [text.toLowerCase(), ...(text.startsWith('"') ? [text] : [])])),
    texts: texts.filter((text) => /^[$']/.test(text)),
  };
}

function nameOf(table: string): string {
  return table.slice(table.indexOf('.') + 1);
}

function spellings(name: string): string[] {
  return [name, `"${name.replaceAll('"', '""')}"`];
}
