import type { DriftRecord, TableDrift } from '../../artifacts/records/of-run/drift-record.ts';
import type { Statistics, TableStatistics } from '../../plan/statistics/statistics.ts';
import { columnDrift } from './column-drift.ts';

/** @param after of the database that is rehearsed on, once it was analysed */
export function driftFromStatistics(before: Statistics, after: Statistics): DriftRecord {
  const known = new Map(before.tables.map((table) => [nameOf(table), table]));
  const tables = after.tables.map((table) => ({ table, of: known.get(nameOf(table)) }));
  return {
    against: 'statistics',
    tables: tables.flatMap(({ table, of }) => (of === undefined ? [] : [tableDrift(of, table)])),
    unknown: tables.filter(({ of }) => of === undefined).map(({ table }) => nameOf(table)),
  };
}

function tableDrift(before: TableStatistics, after: TableStatistics): TableDrift {
  const pair = (of: (table: TableStatistics) => number | null): TableDrift['rows'] => {
    const [was, is] = [of(before), of(after)];
    return was === null || is === null ? null : { before: was, after: is };
  };
  const columns = new Map(before.columns.map((column) => [column.name, column]));
  return {
    name: nameOf(after),
    rows: pair(({ rows }) => rows),
    heapBytes: pair(({ heapBytes }) => heapBytes),
    toastBytes: pair(({ toastBytes }) => toastBytes),
    indexBytes: pair(({ indexBytes }) => indexBytes),
    textBytes: null,
    columns: after.columns.flatMap((column) => {
      const was = columns.get(column.name);
      return was === undefined ? [] : [columnDrift(was, column, after.rows ?? 0)];
    }),
  };
}

function nameOf({ schema, table }: TableStatistics): string {
  return `${schema}.${table}`;
}
