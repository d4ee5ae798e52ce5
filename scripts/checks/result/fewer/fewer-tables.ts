import type { Result } from '../contract/result.ts';

type Tables = Pick<NonNullable<Result['snapshot']>, 'tables' | 'tablesLeftOut'>;

/** So many by what they weigh, and so many by their rows: the small tables of a large schema tell nothing one by one. */
const MOST_TABLES = 1000;

/** The largest tables in the order given, and what the others come to. */
export function fewerTables(all: readonly Readonly<Tables['tables'][number]>[], most = MOST_TABLES): Tables {
  if (all.length <= most) return { tables: all.map((table) => ({ ...table })) };
  const kept = new Set([
    ...all.toSorted((a, b) => b.bytes - a.bytes).slice(0, most),
    ...all.toSorted((a, b) => b.rows - a.rows).slice(0, most),
  ]);
  const left = all.filter((table) => !kept.has(table));
  if (left.length === 0) return { tables: [...kept] };
  return {
    tables: all.filter((table) => kept.has(table)),
    tablesLeftOut: {
      tables: left.length,
      rows: left.reduce((sum, { rows }) => sum + rows, 0),
      bytes: left.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  };
}
