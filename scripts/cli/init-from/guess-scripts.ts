import { quoted } from '../../pg/sql/statement-tree.ts';
import type { Column, ForeignKey, Table } from './invent/catalog.ts';
import type { Settled, SettledValues } from './invent/settle-values.ts';

/** One kind of request as the app may send it. */
export interface GuessedScript {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly weight: number;
  readonly samples: readonly Sample[];
  /** Ways to write it, best first; `:number` is a random number. */
  readonly statements: readonly string[];
}

/** A variable that is drawn from a column of the snapshot. */
export interface Sample {
  readonly variable: string;
  readonly table: string;
  readonly column: string;
}

const NUMBER = ':number::bigint';
const PAGE_ROWS = 20;
/** So many columns are tried for an UPDATE. */
const MOST_TRIED = 4;

/** Requests of an app: by primary key, by foreign key, an insert and an update of each table. */
export function guessScripts(
  tables: readonly Table[],
  /** What the snapshot holds, of which variables can be drawn; tables and columns may have had other names there. */
  snapshot: readonly Table[],
  /** What the columns of the tables may hold. */
  values: SettledValues,
): GuessedScript[] {
  return tables.flatMap((table) => {
    const sample = (column: string): Sample | undefined => sampleOf(table, column, snapshot);
    return [
      byPrimaryKey(table, sample),
      ...table.foreignKeys.map((key) => byForeignKey(table, key, sample)),
      update(table, sample, values.get(table.oid)),
      insert(table, { tables, snapshot, values: values.get(table.oid) }),
    ].filter((script) => script !== undefined);
  });
}

type SampleOf = (column: string) => Sample | undefined;

function sampleOf(table: Table, name: string, snapshot: readonly Table[]): Sample | undefined {
  const number = table.columns.find((column) => column.name === name)?.number;
  const then = snapshot.find(({ oid }) => oid === table.oid);
  const column = then?.columns.find((one) => one.number === number);
  if (then === undefined || column === undefined) return undefined;
  return { variable: variableOf(name), table: then.sqlName, column: quoted(column.name) };
}

function byPrimaryKey(table: Table, sampleFor: SampleOf): GuessedScript | undefined {
  const [key] = table.primaryKey;
  const sample = key === undefined ? undefined : sampleFor(key);
  if (key === undefined || sample === undefined) return undefined;
  const statement = `${select(table)}\n where ${quoted(key)} = :${sample.variable}\n limit ${PAGE_ROWS};`;
  return script(table, 'by-key', { weight: 5, samples: [sample], statements: [statement] });
}

function byForeignKey(
  table: Table,
  { columns, to }: ForeignKey,
  sampleFor: SampleOf,
): GuessedScript | undefined {
  const [key] = columns;
  const sample = key === undefined ? undefined : sampleFor(key);
  if (key === undefined || sample === undefined || table.primaryKey[0] === key) return undefined;
  const statement = `${select(table)}\n where ${quoted(key)} = :${sample.variable}\n limit ${PAGE_ROWS};`;
  return script(table, `of-${fileName(to)}-by-${fileName(key)}`, {
    weight: 2,
    samples: [sample],
    statements: [statement],
  });
}

type ValuesOfTable = ReadonlyMap<string, Settled> | undefined;

function update(table: Table, sampleFor: SampleOf, values: ValuesOfTable): GuessedScript | undefined {
  const [key, second] = table.primaryKey;
  const sample = key === undefined || second !== undefined ? undefined : sampleFor(key);
  if (key === undefined || sample === undefined) return undefined;
  const statements = table.columns
    .filter((column) => !isKeyOf(table, column) && !column.isGenerated && !column.isArray)
    .flatMap((column) => assignments(column, values))
    .slice(0, MOST_TRIED)
    .map((set) => `update ${table.sqlName}\n   set ${set}\n where ${quoted(key)} = :${sample.variable};`);
  return statements.length === 0
    ? undefined
    : script(table, 'change', { weight: 2, samples: [sample], statements });
}

function assignments({ name }: Column, values: ValuesOfTable): string[] {
  const value = values?.get(name)?.value?.(NUMBER);
  return value === undefined ? [] : [`${quoted(name)} = ${value}`];
}

function insert(
  table: Table,
  {
    tables,
    snapshot,
    values,
  }: {
    readonly tables: readonly Table[];
    readonly snapshot: readonly Table[];
    readonly values: ValuesOfTable;
  },
): GuessedScript | undefined {
  const samples: Sample[] = [];
  const given: (readonly [string, string])[] = [];
  for (const column of table.columns) {
    const key = table.foreignKeys.find(({ columns }) => columns.includes(column.name));
    const settled = values?.get(column.name);
    if (column.isGenerated || column.counts || settled?.isDefault === true) continue;
    if (key === undefined) {
      const value = settled?.value?.(NUMBER);
      if (value === undefined && !column.isNullable) return undefined;
      given.push([column.name, value ?? 'null']);
      continue;
    }
    const sample = key.columns.length === 1 ? referred(column, key, tables, snapshot) : undefined;
    if (sample === undefined && !column.isNullable) return undefined;
    if (sample !== undefined) samples.push(sample);
    given.push([column.name, sample === undefined ? 'null' : `:${sample.variable}`]);
  }
  const names = given.map(([name]) => quoted(name)).join(', ');
  const row =
    given.length === 0
      ? 'default values'
      : `(${names})\nvalues (${given.map(([, value]) => value).join(',\n        ')})`;
  const mayClash = [table.primaryKey, ...table.unique].some((columns) =>
    columns.some((name) => given.some(([own]) => own === name)),
  );
  const ending = mayClash ? '\n    on conflict do nothing;' : ';';
  return script(table, 'new', {
    weight: 1,
    samples,
    statements: [`insert into ${table.sqlName} ${row}${ending}`],
  });
}

function referred(
  { name }: Column,
  key: ForeignKey,
  tables: readonly Table[],
  snapshot: readonly Table[],
): Sample | undefined {
  const target = tables.find(({ sqlName }) => sqlName === key.to);
  const sample = target && sampleOf(target, key.toColumns[0] ?? '', snapshot);
  return sample && { ...sample, variable: variableOf(name) };
}

function select({ columns, sqlName }: Table): string {
  return `select ${columns.map(({ name }) => quoted(name)).join(', ')}\n  from ${sqlName}`;
}

function isKeyOf({ primaryKey, unique, foreignKeys }: Table, { name }: Column): boolean {
  const keys = [primaryKey, ...unique, ...foreignKeys.map(({ columns }) => columns)];
  return keys.some((columns) => columns.includes(name));
}

function script({ sqlName }: Table, what: string, rest: Omit<GuessedScript, 'name'>): GuessedScript {
  return { name: `${fileName(sqlName)}-${what}`, ...rest };
}

function variableOf(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(plain) && plain !== 'number' ? plain : `_${plain}`;
}

function fileName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/[^a-z0-9_]+/g, '-');
}
