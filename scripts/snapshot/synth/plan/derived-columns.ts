import { rounded } from '../expr/functions.ts';
import { classOf, type Value } from '../expr/value.ts';
import { digitsOf } from '../values/numbers.ts';
import type { PlannedColumn, TablePlan } from './table-plan.ts';

/** A column that a check tells the value of. */
export interface Derived {
  readonly column: PlannedColumn;
  /** Writes it into a row whose other values are there. */
  readonly set: (row: Value[]) => void;
}

/** Columns that are computed from others, each behind those that it needs. */
export function derivedColumns(table: TablePlan): Derived[] {
  const needs = new Map<string, ReadonlySet<string>>();
  const found: Derived[] = [];
  for (const { equals, columns } of table.predicates) {
    for (const { column: name, value } of equals) {
      const column = table.column(name);
      const others = new Set(columns.filter((other) => other !== name));
      if (column === undefined || needs.has(name) || !mayBeComputed(column) || reaches(others, name, needs))
        continue;
      needs.set(name, others);
      found.push({ column, set: setter(column, value.value) });
      break;
    }
  }
  return inOrder(found, needs);
}

function mayBeComputed({ part, isKey }: PlannedColumn): boolean {
  return part?.kind === 'plain' && !isKey && !part.isExact && part.by === undefined;
}

function reaches(
  from: ReadonlySet<string>,
  to: string,
  needs: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  return [...from].some((name) => name === to || reaches(needs.get(name) ?? new Set(), to, needs));
}

function inOrder(found: readonly Derived[], needs: ReadonlyMap<string, ReadonlySet<string>>): Derived[] {
  const ordered: Derived[] = [];
  const visit = (one: Derived): void => {
    if (ordered.includes(one)) return;
    for (const name of needs.get(one.column.schema.name) ?? []) {
      const before = found.find(({ column }) => column.schema.name === name);
      if (before !== undefined) visit(before);
    }
    ordered.push(one);
  };
  for (const one of found) visit(one);
  return ordered;
}

function setter(column: PlannedColumn, value: (row: readonly Value[]) => Value): Derived['set'] {
  const { schema, at } = column;
  return (row) => {
    const result = value(row);
    // NULL on the other side lets the check pass, whatever stands here.
    if (result !== null) row[at] = fitted(result, schema.type);
  };
}

/** A result as the column's type keeps it. */
export function fitted(value: Value, type: PlannedColumn['schema']['type']): Value {
  const of = classOf(type.name);
  if (typeof value !== 'number') return value;
  if (of === 'int' || of === 'date') return rounded(value, 0);
  return of === 'number' && type.name === 'numeric' && type.modifier >= 0
    ? rounded(value, digitsOf(type))
    : value;
}
