import type { RowKey } from '../../artifacts/records/records.ts';
import { quoteIdentifier } from '../../pg/sql/relations.ts';
import type { Stopped } from '../analysis/standstill/standstills.ts';

/**
 * A workload script that would have had to wait: it reads a row by its key, or writes one without changing it.
 * `libpg-query` must be loaded.
 * @param table `schema.name`
 */
export function scriptFor(table: string, stopped: Stopped, keys: readonly RowKey[] = []): string {
  const dot = table.indexOf('.');
  const [schema, name] = [table.slice(0, dot), table.slice(dot + 1)];
  const quoted = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  const key = keys.find(({ relation }) => relation === table);
  const head = `-- rehearse: name=${stopped === 'all' ? 'use' : 'write'}-${name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')}`;
  const reads = stopped === 'all';
  if (key === undefined || (!reads && key.settable === undefined))
    return `${head}\n${reads ? `select * from ${quoted} limit 1;` : `delete from ${quoted} where false;`}`;
  const variables = key.columns.map((column, index) => ({
    column: quoteIdentifier(column),
    variable: /^[a-z_][a-z0-9_]*$/.test(column) ? column : `key_${index + 1}`,
  }));
  const samples = variables.map(({ variable, column }) => `${variable} from ${quoted}.${column}`);
  const where = variables.map(({ variable, column }) => `${column} = :${variable}`).join(' and ');
  const settable = quoteIdentifier(key.settable ?? '');
  const sql = reads
    ? `select * from ${quoted} where ${where};`
    : `update ${quoted} set ${settable} = ${settable} where ${where};`;
  return `${head}\n-- rehearse: sample ${samples.join(', ')}\n${sql}`;
}
