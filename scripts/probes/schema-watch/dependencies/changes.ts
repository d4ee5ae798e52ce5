import type {
  DependencyChange,
  PublishedTable,
  TableIndex,
} from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { DependencyStock, TableStatistics } from './stock.ts';

/** What is other than before, as far as a statement of the app could notice. */
export function dependencyChanges(before: DependencyStock, now: DependencyStock): DependencyChange[] {
  return [
    ...withoutLike(before.indexes, now.indexes).map((index) => ({ kind: 'index-gone' as const, index })),
    ...withoutLike(now.indexes, before.indexes).map((index) => ({ kind: 'index-made' as const, index })),
    ...statisticsGone(before.statistics, now.statistics),
    ...missing(now.bareKeys, before.bareKeys).map((key) => ({ kind: 'key-unindexed' as const, key })),
    ...missing(now.triggers, before.triggers).map((trigger) => ({ kind: 'trigger-made' as const, trigger })),
    ...functionsChanged(before, now),
    ...publishedChanges(before.published, now.published),
  ];
}

function missing<T>(of: Iterable<[string, T]>, from: { has: (key: string) => boolean }): T[] {
  return [...of].filter(([key]) => !from.has(key)).map(([, value]) => value);
}

/** Indexes that were made anew, as by REINDEX CONCURRENTLY, are neither gone nor new. */
function withoutLike(of: DependencyStock['indexes'], from: DependencyStock['indexes']): TableIndex[] {
  const found = [...of.keysUnlike(from)].flatMap((oid) => (from.has(oid) ? [] : (of.get(oid) ?? [])));
  if (found.length === 0) return [];
  const tables = new Set(found.map(({ table }) => table));
  const kinds = new Set<string>();
  for (const [, index] of from) if (tables.has(index.table)) kinds.add(kindOf(index));
  return found.filter((index) => !kinds.has(kindOf(index)));
}

function kindOf({ name, table, columns, isUnique, isPartial }: TableIndex): string {
  const isPlain = columns.length > 0 && !isPartial;
  return JSON.stringify([table, columns, isUnique, isPlain ? null : name]);
}

type Statistics = DependencyStock['statistics'];

/**
 * By name, so that a table or a column that was made anew in the place of another is found without its statistics. What was not read
 * again is the same object as before.
 */
function statisticsGone(before: Statistics, now: Statistics): DependencyChange[] {
  const read = [...now.keysUnlike(before)].filter((oid) => now.get(oid) !== before.get(oid));
  const known = new Map(read.flatMap((oid) => asEntry(now.get(oid))));
  return [...new Map(read.flatMap((oid) => asEntry(before.get(oid)))).values()].flatMap(
    ({ table, columns }) => {
      const { present = [], columns: kept = [] } = known.get(table) ?? {};
      const gone = columns.filter((column) => present.includes(column) && !kept.includes(column));
      return gone.length === 0 ? [] : [{ kind: 'statistics-gone' as const, table, columns: gone }];
    },
  );
}

function asEntry(table: TableStatistics | undefined): [string, TableStatistics][] {
  return table === undefined ? [] : [[table.table, table]];
}

function functionsChanged(before: DependencyStock, now: DependencyStock): DependencyChange[] {
  return [...now.functions].flatMap(([key, { name, definition, indexes }]) => {
    const was = before.functions.get(key);
    if (was === undefined) return [];
    // An index that was built anew has nothing of a definition before.
    const older = Object.keys(indexes).filter((index) => was.indexes[index] === indexes[index]);
    const rebuilt = Object.keys(was.indexes).filter((index) => !older.includes(index));
    const isOther = was.definition !== definition && older.length > 0;
    return [
      ...(rebuilt.length === 0 ? [] : [{ kind: 'function-applied' as const, name, indexes: rebuilt }]),
      ...(isOther ? [{ kind: 'function-changed' as const, name, indexes: older }] : []),
    ];
  });
}

function publishedChanges(
  before: DependencyStock['published'],
  now: DependencyStock['published'],
): DependencyChange[] {
  return [...now].flatMap(([key, table]) => {
    const was = before.get(key);
    if (was === undefined) return [];
    const [old, own] = [new Map(Object.entries(was.columns)), new Map(Object.entries(table.columns))];
    const added = [...own.keys()].filter((name) => !old.has(name) && isPublished(table, name));
    const dropped = [...old.keys()].filter((name) => !own.has(name) && isPublished(was, name));
    const retyped = [...own].flatMap(([name, type]) =>
      old.has(name) && old.get(name) !== type && isPublished(table, name) ? [name] : [],
    );
    if (added.length + dropped.length + retyped.length === 0) return [];
    const { publications } = table;
    return [
      { kind: 'published-changed' as const, table: table.table, publications, added, dropped, retyped },
    ];
  });
}

function isPublished({ listed }: PublishedTable, column: string): boolean {
  return listed.length === 0 || listed.includes(column);
}
