import pg from 'pg';
import type { MovedColumn, MovedIndex } from '../../artifacts/records/of-plan/moved-column.ts';
import { COLUMN, CONSTRAINTS, INDEXES, OTHERS, PARTS, READERS, VIEWS } from './catalog-queries.ts';
import type { Move } from './moves.ts';

/** PostgreSQL cuts names to 63 bytes. */
const LONGEST_NAME = 63;

/** The name is taken, it is a system's or an inherited column, it is of no table. */
const CANNOT_RENAME = new Set(['42701', '42P07', '42P16', '42809', '0A000', '42501']);

/**
 * What hangs on each column, read from the catalog while the column bears its new name inside a transaction that is taken back:
 * so PostgreSQL itself spells every definition as it has to be. Columns that are not there (yet) are left out.
 * @param client of a database that nobody else uses
 */
export async function readMovedColumns(client: pg.Client, moves: readonly Move[]): Promise<MovedColumn[]> {
  const all: MovedColumn[] = [];
  for (const move of moves) {
    await client.query('begin');
    try {
      const found = await readOne(client, move);
      if (found !== undefined) all.push(found);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || !CANNOT_RENAME.has(error.code ?? '')) throw error;
      // A name that is taken, or a column that PostgreSQL renames for nobody: there is no SQL to be proposed.
    } finally {
      await client.query('rollback');
    }
  }
  return all;
}

type ColumnRow = Omit<
  MovedColumn,
  | ('column' | 'fresh' | 'indexes' | 'constraints' | 'referring' | 'views' | 'triggers' | 'policies')
  | ('statistics' | 'grants' | 'sequenceGrants' | 'settings' | 'readers' | 'others')
>;
type ConstraintRow = Omit<MovedColumn['referring'][number], 'fresh'> & { kind: 'own' | 'referring' };
type IndexRow = Omit<MovedIndex, 'name' | 'fresh'>;

async function readOne(client: pg.Client, move: Move): Promise<MovedColumn | undefined> {
  const quoted = (name: string): string => client.escapeIdentifier(name);
  const wanted =
    move.schema === undefined ? quoted(move.table) : `${quoted(move.schema)}.${quoted(move.table)}`;
  const { rows: places } = await client.query<{ oid: string; attnum: number }>(
    `select attrelid::text as oid, attnum from pg_catalog.pg_attribute
      where attrelid = pg_catalog.to_regclass($1) and attname = $2 and attnum > 0`,
    [wanted, move.column],
  );
  const [place] = places;
  if (place === undefined) return undefined;
  const rows = async <T extends pg.QueryResultRow>(sql: string, ...more: unknown[]): Promise<T[]> =>
    (await client.query<T>(sql, [place.oid, place.attnum, ...more])).rows;
  const texts = async (sql: string, ...more: unknown[]): Promise<string[]> =>
    (await rows<{ text: string }>(sql, ...more)).map(({ text }) => text);

  await client.query("set local search_path = ''");
  const others = await texts(OTHERS, move.to === null);
  const readers = move.to === null ? [] : await texts(READERS, move.column, move.table);
  const fresh = move.to ?? cut(`${move.column}_new`);
  const [table = ''] = await texts('select $1::oid::regclass::text as text where $2::int > 0');
  await client.query(`alter table ${table} rename column ${quoted(move.column)} to ${quoted(fresh)}`);
  const [column] = await rows<ColumnRow>(COLUMN);
  if (column === undefined) return undefined;
  const indexes: MovedIndex[] = [];
  for (const { name, spelled } of await rows<{ name: string; spelled: string }>(INDEXES.names)) {
    const own = cut(`${name}_new`);
    await client.query(`alter index ${spelled} rename to ${quoted(own)}`);
    const found = await rows<IndexRow>(INDEXES.one, own);
    indexes.push(...found.map((index) => ({ ...index, name, fresh: own })));
  }
  const constraints = await rows<ConstraintRow>(CONSTRAINTS);
  const ofKind = (wantedKind: ConstraintRow['kind']): MovedColumn['referring'] =>
    constraints
      .filter(({ kind }) => kind === wantedKind)
      .map(({ name, table, isValid, sql }) => ({ name, fresh: cut(`${name}_new`), table, isValid, sql }));
  return {
    ...column,
    column: move.column,
    fresh,
    indexes,
    others,
    readers,
    constraints: ofKind('own').map(({ name, fresh: own, isValid, sql }) => ({
      name,
      fresh: own,
      isValid,
      sql,
    })),
    referring: ofKind('referring'),
    views: await rows<MovedColumn['views'][number]>(VIEWS),
    triggers: await rows<MovedColumn['triggers'][number]>(PARTS.triggers),
    policies: await texts(PARTS.policies),
    statistics: await texts(PARTS.statistics),
    grants: await texts(PARTS.grants),
    sequenceGrants: await texts(PARTS.sequenceGrants),
    settings: await texts(PARTS.settings),
  };
}

function cut(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > LONGEST_NAME)
    short = `${short.slice(0, -5)}_new`.replace(/__new$/, '_new');
  return short;
}
