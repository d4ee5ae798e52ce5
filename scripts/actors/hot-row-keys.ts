import { RehearsalError } from '../shared/errors.ts';
import type { Control } from './control.ts';
import { GONE } from './endings.ts';
import type { Act } from './act.ts';

const ROWS = 3;

/** A few rows of a table, and the statement that changes one without changing a value. */
export interface HotRows {
  /** `$1`, `$2` … stand for the columns of the primary key. */
  readonly update: string;
  /** Values of the primary key as text: they never leave the process. */
  readonly keys: readonly (readonly string[])[];
}

/**
 * The first rows of the table by its primary key; undefined (with a note) where the plan dropped the table.
 * @throws CONFIG_INVALID where it has no primary key or no row
 */
export async function hotRows(act: Act): Promise<HotRows | undefined> {
  const { control } = act;
  const name = await act.tableName();
  if (name === undefined) {
    act.note = GONE;
    return undefined;
  }
  const { keys, other } = await columnsOf(control, act.table.oid);
  const list = keys.join(', ');
  if (keys.length === 0) throw unsuited(`${name} has no primary key`, act);
  const texts = keys.map((column) => `${column}::text`).join(', ');
  const rows = await control.rows<{ key: string[] }>(
    `select array[${texts}] as key from ${name} order by ${list} limit ${ROWS}`,
  );
  if (rows.length === 0) throw unsuited(`${name} has no row`, act);
  const column = other ?? keys[0];
  const where = keys.map((key, index) => `${key} = $${index + 1}`).join(' and ');
  return {
    update: `update ${name} set ${column} = ${column} where ${where}`,
    keys: rows.map(({ key }) => key),
  };
}

/** Quoted: those of the primary key in its order, and one that an UPDATE may set. */
async function columnsOf(
  control: Control,
  oid: number,
): Promise<{ keys: string[]; other: string | undefined }> {
  const rows = await control.rows<{ name: string; place: number | null }>(
    `select quote_ident(a.attname) as name, array_position(i.indkey::int2[], a.attnum) as place
       from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
      where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
        and (a.attgenerated = '' or a.attnum = any(i.indkey::int2[]))
      order by place, a.attnum`,
    [oid],
  );
  return {
    keys: rows.flatMap(({ name, place }) => (place === null ? [] : [name])),
    other: rows.find(({ place }) => place === null)?.name,
  };
}

function unsuited(what: string, { actor }: Act): RehearsalError {
  return new RehearsalError('CONFIG_INVALID', what, {
    hint: `name a table with a primary key and rows in load.actors.${actor}.table`,
  });
}
