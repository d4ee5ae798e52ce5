const EXTENSION = /^\d+; \d+ \d+ (?:EXTENSION - |COMMENT - EXTENSION )(\S+)/;
const SCHEMA_PUBLIC = /^\d+; \d+ \d+ SCHEMA - public(?: |$)/;

/** A table of contents as `pg_restore --list` prints it, without what this server cannot have or has already. */
export function filterContents(
  list: string,
  availableExtensions: ReadonlySet<string>,
): { list: string; missingExtensions: string[] } {
  const missing = new Set<string>();
  const kept = list.split('\n').filter((line) => {
    const extension = EXTENSION.exec(line)?.[1];
    if (extension === undefined) return !SCHEMA_PUBLIC.test(line);
    if (availableExtensions.has(extension)) return true;
    missing.add(extension);
    return false;
  });
  return { list: kept.join('\n'), missingExtensions: [...missing] };
}
