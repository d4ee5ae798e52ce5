import { SPEAKING_EXTENSIONS } from '../disarm/calling-out.ts';

const EXTENSION = /^\d+; \d+ \d+ (?:EXTENSION - |COMMENT - EXTENSION )(\S+)/;
const SCHEMA_PUBLIC = /^\d+; \d+ \d+ SCHEMA - public(?: |$)/;

/** What reaches out by itself, or can be used to: entries of the table of contents. */
const ARMED = new RegExp(
  `^\\d+; \\d+ \\d+ (?:SERVER|USER MAPPING|SUBSCRIPTION|EVENT TRIGGER|TABLE DATA cron job |EXTENSION - (?:${SPEAKING_EXTENSIONS.join('|')}) )`,
  'm',
);
/** What may only come once the rest is disarmed, with what is said about it. */
const LATE =
  /^\d+; \d+ \d+ (?:(?:COMMENT|SECURITY LABEL) - )?(?:SUBSCRIPTION|EVENT TRIGGER|MATERIALIZED VIEW DATA|TABLE DATA cron job) /;

/** Can something of the archive reach out? Functions of its own are not looked at. */
export function isArmed(list: string): boolean {
  return ARMED.test(list);
}

const FOREIGN_TABLE = /^\d+; \d+ \d+ FOREIGN TABLE (\S+ .+) \S+$/;
const ROWS = /^\d+; \d+ \d+ TABLE DATA (\S+ .+) \S+$/;

/**
 * The contents in two: what a restore may bring side by side, and what follows once that is disarmed. Rows of foreign tables, which are
 * another server's, are in neither; `foreignRows` names these tables.
 */
export function splitLate(list: string): { early: string; late: string; foreignRows: string[] } {
  const all = list.split('\n');
  const foreign = new Set(all.flatMap((line) => FOREIGN_TABLE.exec(line)?.[1] ?? []));
  const rowsOf = (line: string): string => ROWS.exec(line)?.[1] ?? '';
  const foreignRows = all.map(rowsOf).filter((name) => foreign.has(name));
  const lines = all.filter((line) => !foreign.has(rowsOf(line)));
  const late = lines.filter((line) => LATE.test(line));
  return { early: lines.filter((line) => !LATE.test(line)).join('\n'), late: late.join('\n'), foreignRows };
}

/** A table of contents as `pg_restore --list` prints it, without what this server cannot have or has already. */
export function filterContents(
  list: string,
  availableExtensions: ReadonlySet<string>,
): { list: string; missingExtensions: string[]; keptExtensions: string[] } {
  const missing = new Set<string>();
  const has = new Set<string>();
  const kept = list.split('\n').filter((line) => {
    const extension = EXTENSION.exec(line)?.[1];
    if (extension === undefined) return !SCHEMA_PUBLIC.test(line);
    if (availableExtensions.has(extension)) {
      has.add(extension);
      return true;
    }
    missing.add(extension);
    return false;
  });
  return { list: kept.join('\n'), missingExtensions: [...missing], keptExtensions: [...has] };
}
