import type { Statistics } from '../../../plan/statistics/statistics.ts';
import { predicatesOf, type Predicate } from '../expr/predicates.ts';
import type { TableSchema } from '../schema/table-schema.ts';
import { assignLinks } from './assign-links.ts';
import { assignUnique } from './assign-unique.ts';
import { finishRows } from './finish-rows.ts';
import { labelsOf } from './labels.ts';
import { plainPart } from './plain-part.ts';
import { figuresOf, widthsOf, type TableFigures } from './table-figures.ts';
import { columnsOf, TablePlan, type LeafRows } from './table-plan.ts';

interface PlanOptions {
  readonly statistics: Statistics;
  readonly scale: number;
  readonly seed: string;
  /** Microseconds since 1970: what has no histogram ends here. */
  readonly nowUs: number;
}

export interface Plan {
  /** Each behind those that it points to, for keys that are there before the rows. */
  readonly tables: readonly TablePlan[];
  /** What cannot be made, as sentences; then nothing is made. */
  readonly mistakes: readonly string[];
  /** What is otherwise than in production, as sentences. */
  readonly notes: readonly string[];
}

/** Bytes of a row where nobody knows how many rows there are. */
const GUESSED_ROW_BYTES = 100;

/** How the rows of each table are made. */
export async function makePlan(schema: readonly TableSchema[], options: PlanOptions): Promise<Plan> {
  const mistakes: string[] = [];
  const notes: string[] = [];
  const tables: TablePlan[] = [];
  for (const table of schema) {
    const figures = figuresOf(table, options.statistics);
    if (figures === undefined) {
      mistakes.push(`${table.schema}.${table.name} is in the schema and not in the statistics`);
      continue;
    }
    tables.push(await tablePlan(table, figures, options, notes));
  }
  const byKey = new Map(tables.map((table) => [table.schema.key, table]));
  const ordered = parentsFirst(tables);
  for (const table of ordered) {
    assignLinks(table, byKey, options.seed);
    await assignPlain(table, options, { mistakes, notes });
    const assigned = assignUnique(table);
    mistakes.push(...assigned.mistakes);
    notes.push(...assigned.notes);
    mistakes.push(...(await finishRows(table, assigned.guards)));
    for (const { name, columns } of table.schema.foreignKeys) {
      const parent = columns
        .map((column) => table.column(column)?.part)
        .find((part) => part !== undefined && 'parent' in part);
      const isNeeded = columns.every((column) => table.column(column)?.schema.isNotNull === true);
      if (
        parent !== undefined &&
        (parent as { parent?: TablePlan }).parent?.rows === 0 &&
        isNeeded &&
        table.rows > 0
      )
        mistakes.push(`${name} of ${table.shown} points to a table that has no rows`);
    }
  }
  return { tables: ordered, mistakes, notes };
}

async function tablePlan(
  schema: TableSchema,
  figures: TableFigures,
  options: PlanOptions,
  notes: string[],
): Promise<TablePlan> {
  const columns = columnsOf(schema);
  const predicatesIn = async (checks: TableSchema['checks']): Promise<Predicate[]> =>
    (await Promise.all(checks.map(({ name, sql }) => predicatesOf(name, sql, columns)))).flat();
  let known = figures.rows;
  if (known === null) {
    known = Math.round(figures.heapBytes / GUESSED_ROW_BYTES);
    notes.push(
      `Nobody has analysed ${schema.schema}.${schema.name} in production: ${known} rows of it are guessed by its size.`,
    );
  }
  const leaves: LeafRows[] = [];
  let start = 0;
  for (const [at, leaf] of schema.leaves.entries()) {
    const leafFigures = figures.leaves[at] ?? figures;
    const rows = scaled(leafFigures.rows ?? 0, options.scale);
    const predicates =
      leaf.boundSql === null ? [] : await predicatesIn([{ name: leaf.name, sql: leaf.boundSql }]);
    leaves.push({ start, rows, figures: leafFigures, predicates, isDefault: leaf.boundSql === null });
    start += rows;
  }
  return new TablePlan({
    schema,
    figures,
    rows: leaves.length > 0 ? start : scaled(known, options.scale),
    predicates: await predicatesIn(schema.checks),
    leaves,
    widths: widthsOf(schema.columns, figures),
  });
}

/** At least one row of what has any. */
function scaled(rows: number, scale: number): number {
  return rows <= 0 ? 0 : Math.max(1, Math.round(rows * scale));
}

async function assignPlain(
  table: TablePlan,
  { seed, scale, nowUs }: PlanOptions,
  { mistakes, notes }: { readonly mistakes: string[]; readonly notes: string[] },
): Promise<void> {
  const labels = await labelsOf(table.schema);
  for (const column of table.columns) {
    const { name, isGenerated, isNotNull, defaultSql, type } = column.schema;
    if (column.part !== undefined || isGenerated) continue;
    const like = table.predicates.find(({ ordered }) => ordered?.greater === name)?.ordered?.lesser;
    column.part = plainPart(table, column, {
      seed,
      scale,
      nowUs,
      labels: labels.get(name) ?? [],
      like: () => (like === undefined ? undefined : sameKind(table, like, name)),
    });
    if (column.part !== undefined || table.rows === 0) continue;
    if (defaultSql !== null)
      notes.push(`${table.shown}.${name} has its default in all rows: no values of ${type.shown} are known.`);
    else if (!isNotNull)
      notes.push(`${table.shown}.${name} is NULL in all rows: no values of ${type.shown} are known.`);
    else mistakes.push(`${table.shown}.${name} needs values of ${type.shown}, and none are known`);
  }
}

function sameKind(table: TablePlan, lesser: string, greater: string) {
  const [a, b] = [table.column(lesser), table.column(greater)];
  const isSame = a?.part?.kind === 'plain' && b?.part?.kind === 'plain' && !a.part.isExact && !b.part.isExact;
  return isSame ? a.part : undefined;
}

/** Each behind those that it points to, as far as there is no circle. */
function parentsFirst(tables: readonly TablePlan[]): TablePlan[] {
  const byKey = new Map(tables.map((table) => [table.schema.key, table]));
  const ordered = new Set<TablePlan>();
  const open = new Set<TablePlan>();
  const visit = (table: TablePlan): void => {
    if (ordered.has(table) || open.has(table)) return;
    open.add(table);
    for (const { table: to } of table.schema.foreignKeys) {
      const parent = byKey.get(to);
      if (parent !== undefined) visit(parent);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
