/** A table without rows in a plain dump. */
const EMPTY_COPY = /^COPY [^;\n]+ FROM stdin;\n\\\.\n/gim;
const PSQL_COMMAND = /^\\(?:un)?restrict .*$/gm;

/** A dump of tables without rows as a generator can run it: without what only psql understands. */
export function generatorText(dump: string): string {
  return dump.replaceAll('\r\n', '\n').replace(EMPTY_COPY, '').replace(PSQL_COMMAND, '');
}
