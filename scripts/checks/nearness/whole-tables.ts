import { blocksTraffic, lockStrength } from '../../pg/lock-modes.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import type { StatementAnalysis } from '../analysis/statements.ts';

/** So much of a table is all of it: the app goes on meanwhile, and parallel workers count for themselves. */
const WHOLE_SHARE = 0.5;
/** Below this, a time per million rows says nothing. */
const FEWEST_ROWS = 1000;

type Deed = 'scanned' | 'indexed' | 'rewrote';

/** A table that a statement went through from one end to the other while a lock stopped the app. */
export interface WholeTable {
  /** `schema.name`; partitions by their topmost table. */
  readonly table: string;
  readonly deed: Deed;
  readonly rows: number;
}

/** @param rowsOf by `schema.name`, of the tables that were there before the plan */
export function wholeTables(
  { record, held, tries }: Pick<StatementAnalysis, 'record' | 'held' | 'tries'>,
  rowsOf: ReadonlyMap<string, number>,
): WholeTable[] {
  const spans = tries.flatMap((one) => one.spans);
  const wholes = new Map(spans.map(({ relation, partitionOf }) => [relation, partitionOf]));
  const found = new Map<string, WholeTable>();
  const note = (relation: string, deed: Deed): void => {
    const rows = rowsOf.get(relation);
    if (rows === undefined || found.has(relation)) return;
    found.set(relation, { table: wholes.get(relation) ?? held.wholeOf(relation) ?? relation, deed, rows });
  };
  for (const relation of record.rewrote) note(relation, 'rewrote');
  if (makesIndex(record.sql))
    for (const { relation, mode } of [...record.newLocks, ...spans])
      if (mode === 'ShareLock') note(relation, 'indexed');
  for (const { relation, rows } of record.scanned ?? [])
    if (rows >= WHOLE_SHARE * (rowsOf.get(relation) ?? Infinity)) note(relation, 'scanned');
  return together([...found.values()]).filter(({ rows }) => rows >= FEWEST_ROWS);
}

function makesIndex(sql: string): boolean {
  return /index/i.test(sql) && 'IndexStmt' in (StatementTree.parse(sql)?.node ?? {});
}

function together(parts: readonly WholeTable[]): WholeTable[] {
  const tables = new Map<string, WholeTable>();
  for (const part of parts) {
    const known = tables.get(part.table);
    tables.set(part.table, known === undefined ? part : { ...known, rows: known.rows + part.rows });
  }
  return [...tables.values()];
}

/** The strongest mode in which its transaction kept others from a relation meanwhile; undefined = in none. */
export function stoppedBy({ held, tries }: Pick<StatementAnalysis, 'held' | 'tries'>): string | undefined {
  const seen = tries.flatMap(({ spans }) => spans.map(({ mode }) => mode));
  return [...seen, ...(held.strongest === undefined ? [] : [held.strongest])]
    .filter(blocksTraffic)
    .sort((a, b) => lockStrength(b) - lockStrength(a))[0];
}
