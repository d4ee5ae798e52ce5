/** A type as far as making values of it goes; a domain is told by what it is over, with its checks beside the column's. */
export interface TypeShape {
  /** `pg_type.typname` of the base type: `int4`, `varchar`, `mood`. */
  readonly name: string;
  /** As `format_type` writes the type that was declared, with its modifier. */
  readonly shown: string;
  readonly kind: 'base' | 'enum' | 'array' | 'range' | 'composite' | 'other';
  /** Of an enum, in its order. */
  readonly labels: readonly string[];
  /** `atttypmod`; -1 = none. */
  readonly modifier: number;
  /** Of an array its elements, of a range its bounds. */
  readonly element: TypeShape | null;
}

export interface ColumnSchema {
  readonly name: string;
  readonly type: TypeShape;
  readonly isNotNull: boolean;
  /** `GENERATED ALWAYS AS (…)`: PostgreSQL fills it by itself. */
  readonly isGenerated: boolean;
  /** Its default as SQL; null = none. */
  readonly defaultSql: string | null;
  /** What numbers it, quoted as SQL needs it; null = nothing does. */
  readonly sequence: { readonly name: string; readonly start: number; readonly step: number } | null;
}

/** A predicate as SQL, over the columns of its table. */
export interface CheckSchema {
  readonly name: string;
  readonly sql: string;
}

/** Columns that are unique together: of a constraint, also one that excludes, or an index. */
export interface UniqueSchema {
  readonly name: string;
  /** Columns that it names, also inside of expressions. */
  readonly columns: readonly string[];
  /** Of a partial index: which rows are meant; null = all. */
  readonly whereSql: string | null;
  readonly isPrimary: boolean;
}

export interface ForeignKeySchema {
  readonly name: string;
  readonly columns: readonly string[];
  /** Key of the referenced table. */
  readonly table: string;
  readonly referenced: readonly string[];
}

/** A partition that holds rows itself. */
export interface LeafSchema {
  readonly schema: string;
  readonly name: string;
  /** What its rows have to meet, as SQL; null = whatever the others do not take. */
  readonly boundSql: string | null;
}

/** A table that rows are copied into: a partitioned one as a whole. */
export interface TableSchema {
  /** `["schema","name"]` as JSON: one a table. */
  readonly key: string;
  readonly schema: string;
  readonly name: string;
  /** Both quoted as SQL needs it. */
  readonly sqlName: string;
  readonly columns: readonly ColumnSchema[];
  readonly checks: readonly CheckSchema[];
  readonly unique: readonly UniqueSchema[];
  readonly foreignKeys: readonly ForeignKeySchema[];
  /** Exclusion constraints, by name, that other rows do not keep to by being different. */
  readonly exclusions: readonly string[];
  /** Empty of a table that is not partitioned. */
  readonly leaves: readonly LeafSchema[];
}

export function tableKey(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
