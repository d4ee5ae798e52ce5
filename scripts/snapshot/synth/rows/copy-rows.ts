import type { TablePlan } from '../plan/table-plan.ts';
import { copyField } from '../values/copy-text.ts';

/** About as many characters are handed on at once. */
const CHUNK = 128 * 1024;

/** The columns of COPY, with a blank before them; a table without any has rows all the same. */
export function copyColumns(table: TablePlan): string {
  const names = table.copied.map(({ schema }) => `"${schema.name.replaceAll('"', '""')}"`);
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

/** The rows of a table as COPY takes them, in order: all, or those with these numbers. */
export function* copyRows(table: TablePlan, only?: readonly number[]): Generator<Buffer> {
  const columns = table.copied;
  const types = columns.map(({ schema }) => schema.type);
  const places = columns.map(({ at }) => at);
  let text = '';
  const count = only?.length ?? table.rows;
  for (let index = 0; index < count; index += 1) {
    const values = table.values(only?.[index] ?? index);
    for (let at = 0; at < places.length; at += 1) {
      const type = types[at];
      const place = places[at];
      if (type === undefined || place === undefined) continue;
      if (at > 0) text += '\t';
      text += copyField(values[place] ?? null, type);
    }
    text += '\n';
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
