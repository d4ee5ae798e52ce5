/** Whether SQL names one of the columns, as far as its words tell. */
export function isNamedIn(columns: readonly string[], sql: string): boolean {
  const words = new Set(wordsOf(sql));
  return columns.some((column) => wordsOf(column).every((word) => words.has(word)));
}

function wordsOf(text: string): string[] {
  return (text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map((word) => word.toLowerCase());
}

/** Whether a script writes to the table, as far as its text tells. */
export function writes(table: string, sql: string): boolean {
  const name = (table.split('.').at(-1) ?? table).replaceAll('"', '').trim();
  return isNamedIn([name], sql) && /\b(?:update|insert|merge)\b/i.test(sql);
}
