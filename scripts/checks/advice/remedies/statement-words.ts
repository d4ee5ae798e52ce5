import { StatementTree } from '../../../pg/sql/statement-tree.ts';

/** The serial types are names to the parser and no keywords. */
const SERIAL = /^(small|big)?serial[248]?$/i;

/**
 * A statement's keywords alone, in small letters with single spaces: an index called `serial_numbers_code` and a string that says `identity`
 * are none. What is not exactly one statement, or holds code in a string (DO, CREATE FUNCTION), is told as it is.
 */
export function keywordsOf(sql: string): string {
  const tree = StatementTree.parse(sql);
  if (tree === undefined || 'DoStmt' in tree.node || 'CreateFunctionStmt' in tree.node)
    return sql.replace(/\s+/g, ' ').toLowerCase();
  const words = tree.tokens.filter(({ text, keywordKind }) => keywordKind !== 0 || SERIAL.test(text));
  return words.map(({ text }) => text.toLowerCase()).join(' ');
}

/** CREATE INDEX, DROP INDEX, REINDEX and DETACH … CONCURRENTLY, which work in several transactions; REFRESH … CONCURRENTLY is none of them. */
export function isInSeveralTransactions(sql: string): boolean {
  const words = keywordsOf(sql);
  return /\bconcurrently\b/.test(words) && !/^\s*refresh\b/.test(words);
}
