import type { IndexFacts, TableFacts } from '../../plan/production/snapshot-facts.ts';
import { formatBytes, formatCount, formatShare, plural } from '../../shared/text/format.ts';

/** What is known of the relations of one server. */
interface Relations {
  readonly tables: readonly TableFacts[];
  readonly indexes: readonly IndexFacts[];
}

/** Smaller relations are read in no time, however they lie. */
const LEAST_BYTES = 1024 ** 2;
const LEAST_ROWS = 1000;
/** Of shares: differences below are within the estimate. */
const LEAST_SHARE = 0.1;
/** PostgreSQL's `autovacuum_freeze_max_age`. */
const FREEZE_AGE = 200e6;
const MOST_NAMED = 5;

/**
 * How the tables and indexes that were restored lie beside production's: bloat, what autovacuum goes by, and the cache. One sentence
 * for each kind, the relations that weigh most first.
 */
export function relationsBeside(there: Relations, here: Relations): string[] {
  const tables = pairs(there.tables, here.tables);
  return [
    ...bloat(
      'Tables',
      tables,
      ({ heapBytes }) => heapBytes,
      'what reads or rewrites them whole takes longer there',
    ),
    ...bloat(
      'Indexes',
      pairs(there.indexes, here.indexes),
      ({ bytes }) => bytes,
      'what reads them takes longer there',
    ),
    ...waiting(tables),
    ...allVisible(tables),
    ...freezing(tables),
    ...cached(there),
  ];
}

interface Pair<T> {
  readonly was: T;
  readonly is: T;
}

function pairs<T extends { readonly name: string }>(there: readonly T[], here: readonly T[]): Pair<T>[] {
  const byName = new Map(here.map((one) => [one.name, one]));
  return there.flatMap((was) => {
    const is = byName.get(was.name);
    return is === undefined ? [] : [{ was, is }];
  });
}

interface Told {
  readonly text: string;
  readonly weight: number;
}

/** `a 40 % (here 2 %), b …`, the heaviest first. */
function list(told: readonly Told[]): string {
  const sorted = [...told].sort((a, b) => b.weight - a.weight).map(({ text }) => text);
  const more = sorted.length - MOST_NAMED;
  return sorted.slice(0, MOST_NAMED).join(', ') + (more > 0 ? `, and ${formatCount(more)} more` : '');
}

function shares(name: string, was: number, is: number): string {
  return `${name} ${formatShare(was)} (here ${formatShare(is)})`;
}

function bloat<T extends { readonly name: string; readonly bloatShare: number | null }>(
  what: string,
  all: readonly Pair<T>[],
  bytesOf: (one: T) => number,
  so: string,
): string[] {
  const told = all.flatMap(({ was, is }) => {
    const bytes = bytesOf(was);
    if (was.bloatShare === null || is.bloatShare === null || bytes < LEAST_BYTES) return [];
    const more = was.bloatShare - is.bloatShare;
    if (Math.abs(more) < LEAST_SHARE) return [];
    return [{ text: shares(was.name, was.bloatShare, is.bloatShare), weight: bytes * Math.abs(more) }];
  });
  return told.length === 0
    ? []
    : [`${what} with another bloat in production, by estimate: ${list(told)}: ${so}.`];
}

/** Rows that autovacuum had still to see to. */
function waiting(tables: readonly Pair<TableFacts>[]): string[] {
  const told = tables.flatMap(({ was, is }) => {
    const modified = was.modifiedRows ?? 0;
    const more = Math.max(was.deadRows - is.deadRows, modified - (is.modifiedRows ?? 0));
    if (more < LEAST_ROWS) return [];
    const text = `${was.name} ${plural(was.deadRows, 'dead row')} and ${formatCount(modified)} written since ANALYZE (here ${formatCount(is.deadRows)} and ${formatCount(is.modifiedRows ?? 0)})`;
    return [{ text, weight: more }];
  });
  return told.length === 0
    ? []
    : [`Autovacuum had more to do in production, and begins at another time there: ${list(told)}.`];
}

function allVisible(tables: readonly Pair<TableFacts>[]): string[] {
  const told = tables.flatMap(({ was, is }) => {
    const [before, after] = [was.allVisibleShare, is.allVisibleShare];
    if (before === null || after === null || was.heapBytes < LEAST_BYTES || after - before < LEAST_SHARE)
      return [];
    return [{ text: shares(was.name, before, after), weight: was.heapBytes * (after - before) }];
  });
  return told.length === 0
    ? []
    : [
        `Pages that an index-only scan need not look at: ${list(told)}: such scans, and VACUUM, take longer in production.`,
      ];
}

function freezing(tables: readonly Pair<TableFacts>[]): string[] {
  const told = tables.flatMap(({ was, is }) => {
    const age = was.freezeAge ?? 0;
    if (age < FREEZE_AGE / 2 || age - (is.freezeAge ?? 0) < FREEZE_AGE / 4) return [];
    return [{ text: `${was.name} ${formatCount(age)} transactions`, weight: age }];
  });
  return told.length === 0
    ? []
    : [
        `Old rows in production: ${list(told)}: unless autovacuum_freeze_max_age is above that, a VACUUM that gives way to nobody may begin there; here all is young.`,
      ];
}

function cached({ tables, indexes }: Relations): string[] {
  const all = [
    ...tables.map(({ heapBytes, cachedBytes }) => ({ bytes: heapBytes, cachedBytes })),
    ...indexes.map(({ bytes, cachedBytes }) => ({ bytes, cachedBytes })),
  ];
  const known = all.flatMap(({ bytes, cachedBytes }) =>
    cachedBytes === null ? [] : [{ bytes, cachedBytes }],
  );
  const [bytes, cachedBytes] = [sum(known.map((one) => one.bytes)), sum(known.map((one) => one.cachedBytes))];
  if (bytes < LEAST_BYTES) return [];
  return [
    `Of ${formatBytes(bytes)} of tables and indexes ${formatBytes(cachedBytes)} (${formatShare(cachedBytes / bytes)}) lay in production’s shared buffers; what was just restored is warm.`,
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
