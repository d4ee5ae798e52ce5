import type pg from 'pg';
import { groupBy } from '../../../shared/group-by.ts';
import { columnsIn } from '../expr/columns-in.ts';
import { COLUMNS, CONSTRAINTS, INDEXES, LEAVES, TABLES, TYPES } from './schema-queries.ts';
import {
  tableKey,
  type CheckSchema,
  type ColumnSchema,
  type LeafSchema,
  type TableSchema,
} from './table-schema.ts';
import { TypeBook, type TypeRow } from './type-book.ts';

interface TableRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly sqlName: string;
}
type ColumnRow = Omit<ColumnSchema, 'type'> & {
  readonly oid: string;
  readonly type: string;
  readonly modifier: number;
  readonly shown: string;
};
interface ConstraintRow {
  readonly oid: string;
  readonly name: string;
  readonly kind: 'c' | 'f' | 'x';
  readonly sql: string | null;
  readonly columns: string[] | null;
  readonly toOid: string;
  readonly referenced: string[] | null;
  /** Of an exclusion constraint: one for each column or expression of it. */
  readonly operators: string[] | null;
}
interface IndexRow {
  readonly oid: string;
  readonly name: string;
  readonly isPrimary: boolean;
  readonly whereSql: string | null;
  readonly columns: string[] | null;
  readonly expressions: string | null;
}

/**
 * The tables of a database with what their rows have to meet.
 * @param client whose session writes dates in ISO and times in UTC
 */
export async function readSchema(client: pg.Client): Promise<TableSchema[]> {
  const { rows: tables } = await client.query<TableRow>(TABLES);
  const oids = tables.map(({ oid }) => oid);
  const rowsOf = async <T extends pg.QueryResultRow>(sql: string, of = oids): Promise<T[]> =>
    (await client.query<T>(sql, [of])).rows;
  const columns = groupBy(await rowsOf<ColumnRow>(COLUMNS), ({ oid }) => oid);
  const constraints = groupBy(await rowsOf<ConstraintRow>(CONSTRAINTS), ({ oid }) => oid);
  const indexes = groupBy(await rowsOf<IndexRow>(INDEXES), ({ oid }) => oid);
  const leaves = groupBy(await rowsOf<LeafSchema & { root: string }>(LEAVES), ({ root }) => root);
  const declared = [...columns.values()].flat().map(({ type }) => type);
  const types = new TypeBook(await rowsOf<TypeRow>(TYPES, [...new Set(declared)]));
  const keys = new Map(tables.map(({ oid, schema, name }) => [oid, tableKey(schema, name)]));
  return Promise.all(
    tables.map(async (table): Promise<TableSchema> => {
      const own = columns.get(table.oid) ?? [];
      const rules = constraints.get(table.oid) ?? [];
      const { schema, name, sqlName } = table;
      const shaped = own.map((column) => columnOf(column, types));
      const exclusions = rules.filter(({ kind }) => kind === 'x');
      const disjoint = exclusions.filter((rule) => isKeptToByDifference(rule, shaped));
      return {
        key: tableKey(schema, name),
        schema,
        name,
        sqlName,
        columns: shaped,
        checks: [...own.flatMap(({ name: of, type }) => types.checksOf(type, of)), ...checksIn(rules)],
        unique: [
          ...(await Promise.all((indexes.get(table.oid) ?? []).map(uniqueOf))),
          ...disjoint.map(({ name: of, columns: inside }) => ({
            name: of,
            columns: inside ?? [],
            whereSql: null,
            isPrimary: false,
          })),
        ],
        foreignKeys: rules.flatMap(({ kind, name: of, columns: from, toOid, referenced }) =>
          kind === 'f' && from !== null && referenced !== null
            ? [{ name: of, columns: from, table: keys.get(toOid) ?? '', referenced }]
            : [],
        ),
        exclusions: exclusions.filter((rule) => !disjoint.includes(rule)).map(({ name: of }) => of),
        leaves: (leaves.get(table.oid) ?? []).map(({ schema: inSchema, name: of, boundSql }) => ({
          schema: inSchema,
          name: of,
          boundSql,
        })),
      };
    }),
  );
}

/**
 * Is an exclusion constraint met where no two rows have the same in all of its columns? So it is with `=`, and with `&&` of ranges, of which
 * different ones are made without overlap. Not so of expressions, whose columns it does not tell.
 */
function isKeptToByDifference({ columns, operators }: ConstraintRow, all: readonly ColumnSchema[]): boolean {
  const own = columns ?? [];
  if (own.length === 0 || own.length !== operators?.length) return false;
  return own.every((name, at) => {
    const kind = all.find((column) => column.name === name)?.type.kind;
    return operators[at] === '=' || (operators[at] === '&&' && kind === 'range');
  });
}

function columnOf(row: ColumnRow, types: TypeBook): ColumnSchema {
  const { name, isNotNull, isGenerated, defaultSql, sequence } = row;
  return {
    name,
    type: types.shape(row.type, row.modifier, row.shown),
    isNotNull: isNotNull || types.isNotNull(row.type),
    isGenerated,
    defaultSql,
    sequence,
  };
}

function checksIn(rules: readonly ConstraintRow[]): CheckSchema[] {
  return rules.flatMap(({ kind, name, sql }) => (kind === 'c' && sql !== null ? [{ name, sql }] : []));
}

async function uniqueOf({ name, isPrimary, whereSql, columns, expressions }: IndexRow) {
  const inside = expressions === null ? [] : await columnsIn(expressions);
  return { name, isPrimary, whereSql, columns: [...new Set([...(columns ?? []), ...inside])] };
}
