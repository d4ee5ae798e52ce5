import type { CheckSchema, TypeShape } from './table-schema.ts';

export interface TypeRow {
  readonly oid: string;
  readonly name: string;
  /** `pg_type.typtype` */
  readonly kind: string;
  readonly modifier: number;
  readonly isNotNull: boolean;
  readonly base: string | null;
  readonly element: string | null;
  readonly bound: string | null;
  readonly labels: string[];
  readonly checks: CheckSchema[];
}

/** Types by their ids, domains seen through. */
export class TypeBook {
  readonly #types: ReadonlyMap<string, TypeRow>;

  constructor(rows: readonly TypeRow[]) {
    this.#types = new Map(rows.map((row) => [row.oid, row]));
  }

  /** @param modifier of the declaration */
  shape(oid: string, modifier: number, shown: string): TypeShape {
    const row = this.#types.get(oid);
    if (row?.base != null) return this.shape(row.base, modifier === -1 ? row.modifier : modifier, shown);
    const inside = row?.element ?? row?.bound ?? null;
    return {
      name: row?.name ?? '',
      shown,
      kind: kindOf(row),
      labels: row?.labels ?? [],
      modifier,
      element: inside === null ? null : this.shape(inside, row?.bound == null ? modifier : -1, shown),
    };
  }

  /** A domain that takes no NULL, at any depth. */
  isNotNull(oid: string): boolean {
    const row = this.#types.get(oid);
    if (row === undefined) return false;
    return row.isNotNull || (row.base !== null && this.isNotNull(row.base));
  }

  /** Checks of the domains that a column's type is made of, over that column. */
  checksOf(oid: string, column: string): CheckSchema[] {
    const row = this.#types.get(oid);
    if (row?.base == null) return [];
    const quoted = `"${column.replaceAll('"', '""')}"`;
    // pg_get_expr writes the value of a domain as VALUE, outside of any quotes.
    const own = row.checks.map(({ name, sql }) => ({
      name,
      sql: sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\bVALUE\b/g, (part) =>
        part === 'VALUE' ? quoted : part,
      ),
    }));
    return [...own, ...this.checksOf(row.base, column)];
  }
}

function kindOf(row: TypeRow | undefined): TypeShape['kind'] {
  if (row === undefined) return 'other';
  if (row.kind === 'e') return 'enum';
  if (row.kind === 'r') return 'range';
  if (row.kind === 'c') return 'composite';
  if (row.element !== null) return 'array';
  return row.kind === 'b' ? 'base' : 'other';
}
