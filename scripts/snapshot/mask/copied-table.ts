import { parse } from 'libpg-query';
import type { StatementPiece } from '../../pg/scanner/sql-piece.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { tableOf, type TableName, type TableShapes } from './columns/table-shapes.ts';

/** Where the rows of one `COPY … FROM stdin` go. */
export interface CopiedTable extends TableName {
  /** In the order of the fields. */
  readonly columns: readonly string[];
}

/**
 * @param shown how messages call the snapshot
 * @throws SNAPSHOT_INVALID for rows in a form that masking does not read
 */
export async function copiedTable(
  { bytes, line }: StatementPiece,
  shapes: TableShapes,
  shown: string,
): Promise<CopiedTable> {
  const parsed = await parse(bytes.toString()).catch(() => undefined);
  const node = parsed?.stmts?.[0]?.stmt;
  const copy = node !== undefined && 'CopyStmt' in node ? node.CopyStmt : undefined;
  if (copy?.relation === undefined || hasOwnForm(copy.options ?? []))
    throw unreadable(`${shown} line ${line} holds rows of another form than COPY’s own text`);
  const table = tableOf(copy.relation);
  const named = (copy.attlist ?? []).flatMap((each) => ('String' in each ? [each.String.sval ?? ''] : []));
  const columns = named.length > 0 ? named : shapes.columnsOf(table);
  if (columns === undefined)
    throw unreadable(
      `${shown} line ${line} does not say which columns the rows of ${table.schema}.${table.table} have`,
    );
  return { ...table, columns };
}

/** All options but FREEZE change how a row is written. */
function hasOwnForm(options: readonly object[]): boolean {
  return options.some(
    (option) => 'DefElem' in option && (option.DefElem as { defname?: string }).defname !== 'freeze',
  );
}

export function unreadable(what: string): RehearsalError {
  return new RehearsalError('SNAPSHOT_INVALID', `${what}, which cannot be masked`, {
    hint: 'take the dump by pg_dump without --inserts, --column-inserts and large objects (--no-large-objects), with --encoding=UTF8',
  });
}
