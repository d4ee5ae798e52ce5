/**
 * Whether the author means a table, with or without its schema, quoted where the author likes it so.
 * @param table `schema.name`
 */
export function isNamed(written: string, table: string): boolean {
  const plain = written.replaceAll('"', '');
  return plain === table || plain === table.slice(table.indexOf('.') + 1);
}
