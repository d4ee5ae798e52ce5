import { expressionNodes } from '../expr/columns-in.ts';
import { compile } from '../expr/compile.ts';
import { predicatesOf, type Predicate } from '../expr/predicates.ts';
import type { Value } from '../expr/value.ts';
import type { Guard } from './assign-unique.ts';
import { derivedColumns, type Derived } from './derived-columns.ts';
import { Repair } from './repair.ts';
import type { Rule } from './rule.ts';
import { columnsOf, type TablePlan } from './table-plan.ts';

/** Values of a column that are looked at before it is trusted to keep to its domain. */
const SAMPLES = 64;

/** Lets the rows of a table meet what binds several columns. @returns what cannot be met, as sentences */
export async function finishRows(table: TablePlan, guards: readonly Guard[]): Promise<string[]> {
  const mistakes: string[] = [];
  const guarding: Rule[] = [];
  for (const guard of guards) {
    const rule = await guardRule(table, guard);
    if (rule === undefined)
      mistakes.push(
        `the unique index ${guard.unique.name} of ${table.shown} cannot be met: what its WHERE means is not known here`,
      );
    else guarding.push(rule);
  }
  if (table.rows === 0 || mistakes.length > 0) return mistakes;
  const derived = derivedColumns(table);
  const computed = new Set(derived.map(({ column }) => column.schema.name));
  const rules = [...table.predicates.flatMap((predicate) => ruleOf(table, predicate, computed)), ...guarding];
  if (rules.length === 0 && derived.length === 0) return [];
  const repair = new Repair(table, rules, derived);
  for (const name of [...computed, ...repair.columns]) table.changed.add(name);
  table.finish = (row) => finished(table, row, derived, repair);
  return [];
}

function finished(
  table: TablePlan,
  row: number,
  derived: readonly Derived[],
  repair: Repair,
): readonly Value[] {
  const values = table.drawn(row);
  for (const { set } of derived) set(values);
  return repair.repaired(values, row);
}

/** Nothing of what holds by the way in which the column's values are made, or of what only PostgreSQL can tell. */
function ruleOf(
  table: TablePlan,
  { name, columns, bounds, holds, domain }: Predicate,
  computed: ReadonlySet<string>,
): Rule[] {
  if (holds === undefined) return [];
  const rule = { name, columns, bounds, holds: holds.value };
  const [only = ''] = columns;
  const isOwn = columns.length === 1 && domain !== undefined && !computed.has(only);
  return isOwn && keepsTo(table, only, rule) ? [] : [rule];
}

function keepsTo(table: TablePlan, name: string, { holds }: Rule): boolean {
  const column = table.column(name);
  if (column?.part === undefined) return true; // PostgreSQL fills it
  const values: Value[] = [];
  for (let at = 0; at < SAMPLES; at += 1) {
    values[column.at] = column.part.value(name, Math.floor((at * table.rows) / SAMPLES), 0);
    if (holds(values) === false) return false;
  }
  return true;
}

/** Of the rows that have the same key, all but the first do not meet the predicate of the index. */
async function guardRule(table: TablePlan, { unique, part }: Guard): Promise<Rule | undefined> {
  const columns = columnsOf(table.schema);
  const [node] = await expressionNodes(unique.whereSql ?? 'true');
  const where = compile(node, columns);
  if (where === undefined) return undefined;
  const used = (await predicatesOf(unique.name, unique.whereSql ?? 'true', columns)).flatMap(
    (one) => one.columns,
  );
  const rowAt = table.columns.length;
  return {
    name: unique.name,
    columns: [...new Set(used)],
    bounds: [],
    holds: (values) => {
      const row = Number(values[rowAt]);
      const isFirst = part === undefined ? row === 0 : part.pick().rank(row) === 0;
      return isFirst || where.value(values) !== true;
    },
  };
}
