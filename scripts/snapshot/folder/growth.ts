import type { SnapshotFacts } from '../../plan/production/snapshot-facts.ts';

interface TableGrowth {
  readonly name: string;
  /** With TOAST and indexes; null = there was, or is, none. */
  readonly bytesBefore: number | null;
  readonly bytesAfter: number | null;
  readonly rowsBefore: number | null;
  readonly rowsAfter: number | null;
}

interface Growth {
  readonly days: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Those that differ, the largest difference first. */
  readonly tables: readonly TableGrowth[];
  /** Version, settings and extensions that differ, as `name: before → after`. */
  readonly changed: readonly string[];
}

const DAY_MS = 86_400_000;

/** How production grew between two snapshots. */
export function growthOf(before: SnapshotFacts, after: SnapshotFacts): Growth {
  const names = new Set([...before.tables, ...after.tables].map(({ name }) => name));
  const tables = [...names].map((name): TableGrowth => {
    const [old, now] = [before, after].map(({ tables: all }) => all.find((one) => one.name === name));
    return {
      name,
      bytesBefore: totalOf(old),
      bytesAfter: totalOf(now),
      rowsBefore: old?.rows ?? null,
      rowsAfter: now?.rows ?? null,
    };
  });
  return {
    days: (Date.parse(after.takenAt) - Date.parse(before.takenAt)) / DAY_MS,
    bytesBefore: before.database.bytes,
    bytesAfter: after.database.bytes,
    tables: tables
      .filter((one) => one.bytesBefore !== one.bytesAfter || one.rowsBefore !== one.rowsAfter)
      .sort((a, b) => Math.abs(grownBytes(b)) - Math.abs(grownBytes(a))),
    changed: [
      ...differing({ PostgreSQL: before.server.build }, { PostgreSQL: after.server.build }),
      ...differing(before.settings, after.settings),
      ...differing(before.extensions, after.extensions),
    ],
  };
}

function totalOf(table: SnapshotFacts['tables'][number] | undefined): number | null {
  return table === undefined ? null : table.heapBytes + table.toastBytes + table.indexBytes;
}

export function grownBytes({ bytesBefore, bytesAfter }: TableGrowth): number {
  return (bytesAfter ?? 0) - (bytesBefore ?? 0);
}

/** As `name: before → after`; a default is told as such. */
function differing(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? '(none)'} → ${after[name] ?? '(none)'}`);
}
