import { scanSync, type Node } from 'libpg-query';

/** DROP and COMMENT name relations as lists of words; these are the kinds whose list is a relation's name. */
const RELATION_KINDS = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_INDEX',
  'OBJECT_SEQUENCE',
  'OBJECT_FOREIGN_TABLE',
]);
/** The same, but the last word is the name of a part of the relation. */
const PART_KINDS = new Set([
  'OBJECT_COLUMN',
  'OBJECT_TRIGGER',
  'OBJECT_RULE',
  'OBJECT_POLICY',
  'OBJECT_TABCONSTRAINT',
]);
const UNRESERVED_KEYWORD = 1;

/**
 * The relations that a statement names, each once, in the order of the parse tree: `orders`, `public.orders`, `"Order"`
 * (quoted where SQL needs it). Names of its own WITH queries are left out, and so is what only a function body names.
 * `libpg-query` must be loaded: the node comes from its parser.
 */
export function relationsOf(node: Node): string[] {
  const found = new Set<string>();
  const withQueries = new Set<string>();
  visit(node, found, withQueries);
  return [...found].filter((name) => !withQueries.has(name));
}

function visit(value: unknown, found: Set<string>, withQueries: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, found, withQueries);
    return;
  }
  if (!isRecord(value)) return;
  if (typeof value['ctename'] === 'string') withQueries.add(quoteIdentifier(value['ctename']));
  if (typeof value['relname'] === 'string') found.add(rangeName(value['relname'], value['schemaname']));
  for (const name of listedNames(value)) found.add(name);
  for (const item of Object.values(value)) visit(item, found, withQueries);
}

function rangeName(relation: string, schema: unknown): string {
  return typeof schema === 'string'
    ? `${quoteIdentifier(schema)}.${quoteIdentifier(relation)}`
    : quoteIdentifier(relation);
}

function listedNames(value: Record<string, unknown>): string[] {
  const kind = value['removeType'] ?? value['objtype'];
  if (typeof kind !== 'string') return [];
  const cut = PART_KINDS.has(kind) ? 1 : 0;
  if (cut === 0 && !RELATION_KINDS.has(kind)) return [];
  const objects = Array.isArray(value['objects']) ? (value['objects'] as unknown[]) : [value['object']];
  return objects.flatMap((object) => {
    const words = wordsOf(object);
    return words.length > cut
      ? [
          words
            .slice(0, words.length - cut)
            .map(quoteIdentifier)
            .join('.'),
        ]
      : [];
  });
}

/** `{List: {items: [{String: {sval}}]}}` → the words. */
function wordsOf(object: unknown): string[] {
  const list = isRecord(object) && isRecord(object['List']) ? object['List']['items'] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const text = isRecord(item) && isRecord(item['String']) ? item['String']['sval'] : undefined;
    return typeof text === 'string' ? [text] : [];
  });
}

/**
 * As PostgreSQL's quote_ident: bare where it is lower case and no keyword but an unreserved one. `libpg-query` must be loaded.
 */
export function quoteIdentifier(name: string): string {
  return isBare(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A big file names the same few relations again and again, and asking the scanner costs more than all else here. */
const bareNames = new Map<string, boolean>();

function isBare(name: string): boolean {
  const known = bareNames.get(name);
  if (known !== undefined) return known;
  const bare =
    /^[a-z_][a-z0-9_]*$/.test(name) && (scanSync(name).tokens[0]?.keywordKind ?? 0) <= UNRESERVED_KEYWORD;
  bareNames.set(name, bare);
  return bare;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
