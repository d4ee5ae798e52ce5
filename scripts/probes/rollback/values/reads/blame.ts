import type { KeyedRead } from './keyed-read.ts';
import type { Source } from './sources.ts';
import type { Key } from './written-keys.ts';

/** Whose rows a statement fails on, and how many those are. */
interface Blamed {
  /** Quoted as SQL needs it. */
  readonly relation: string;
  /** The only column of it that the statement names besides keys; `*` where there are others, or none. */
  readonly column: string;
  readonly count: number;
  readonly isAtLeast: boolean;
}

const UNKNOWN = '?';

/** @param keys that it fails with; not empty */
export function blame(read: KeyedRead, keys: readonly Key[]): Blamed {
  const source = blamedSource(read, keys);
  const relation = source?.base?.relation ?? source?.relation ?? read.relation;
  const column = (source && read.columnOf(source)) ?? '*';
  const at = source === undefined ? -1 : read.sources.indexOf(source);
  const rows = keys.map(({ written }) => written[at] ?? null);
  const known = rows.filter((one) => one !== null && one.length > 0 && !one.includes(UNKNOWN));
  if (known.length < keys.length) {
    return { relation, column, count: keys.length, isAtLeast: true };
  }
  // One row may stop several keys, as a customer does all of its orders.
  const seen = new Set<string>();
  let count = 0;
  for (const marks of known.toSorted((a, b) => (a?.length ?? 0) - (b?.length ?? 0))) {
    if (marks?.some((mark) => seen.has(mark)) === false) count += 1;
    for (const mark of marks ?? []) seen.add(mark);
  }
  return { relation, column, count, isAtLeast: known.some((marks) => (marks?.length ?? 0) > 1) };
}

/** The only one of whose rows each key finds some that were written; else the one that has the keys. */
function blamedSource({ sources, keys: parts }: KeyedRead, keys: readonly Key[]): Source | undefined {
  const all = sources.filter((_, at) => keys.every(({ written }) => (written[at]?.length ?? 0) > 0));
  const [only, second] = all;
  if (only !== undefined && second === undefined) return only;
  const aliases = new Set(parts.map(({ alias }) => alias));
  return sources.find(({ alias }) => aliases.has(alias)) ?? (sources.length === 1 ? sources[0] : undefined);
}
