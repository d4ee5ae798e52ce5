import { parse, type Node } from 'libpg-query';
import type { Ledger, LedgerRow } from '../plan/migrations/ledgers.ts';
import { SqlPieces } from './text/sql-pieces.ts';

const TARGET =
  /^(?:copy|insert\s+into|create\s+table(?:\s+if\s+not\s+exists)?)\s+(?:only\s+)?(?:"?(\w+)"?\.)?"?(\w+)"?/i;
const HEAD_BYTES = 400;
const COLUMNS = /\(([^)]*)\)\s*from\s+stdin/i;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/**
 * The rows of one small table out of a dump's text: what COPY and INSERT with constants bring.
 * @returns undefined where the text does not make the table
 * @throws SNAPSHOT_INVALID
 */
export async function rowsOfTable(
  content: AsyncIterable<Buffer>,
  { table, schema }: Pick<Ledger, 'table' | 'schema'>,
  shown: string,
): Promise<LedgerRow[] | undefined> {
  const pieces = new SqlPieces(shown, { openEnd: true });
  let rows: LedgerRow[] | undefined;
  let made: string[] = [];
  let copied: { readonly columns: readonly string[]; readonly bytes: Buffer[] } | undefined;
  for await (const piece of pieces.read(content)) {
    if (piece.type === 'copy-data') copied?.bytes.push(Buffer.from(piece.bytes));
    else if (piece.type === 'copy-end' && copied !== undefined) {
      const text = Buffer.concat(copied.bytes).toString('utf8');
      rows = [...(rows ?? []), ...copiedRows(text, copied.columns)];
      copied = undefined;
    }
    if (piece.type !== 'statement' || !['copy', 'insert', 'create'].includes(piece.words[0] ?? '')) continue;
    const [, ofSchema, named] = TARGET.exec(piece.bytes.toString('utf8', 0, HEAD_BYTES)) ?? [];
    if (named !== table || (schema !== undefined && ofSchema !== schema)) continue;
    const text = piece.bytes.toString('utf8');
    rows ??= [];
    if (piece.copiesStdin) copied = { columns: namesIn(COLUMNS.exec(text)?.[1] ?? '') ?? made, bytes: [] };
    else if (piece.words[0] === 'create') made = await columnsOf(text);
    else if (piece.words[0] === 'insert') rows = [...rows, ...(await insertedRows(text, made))];
  }
  return rows;
}

function namesIn(list: string): string[] | undefined {
  if (list.trim() === '') return undefined;
  return list.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

/** Lines of COPY's text format. */
function copiedRows(text: string, columns: readonly string[]): LedgerRow[] {
  const lines = text.split('\n').filter((line) => line !== '' && line !== '\\.');
  return lines.map((line) => {
    const values = line.split('\t').map((value) => (value === '\\N' ? null : unescaped(value)));
    return Object.fromEntries(columns.map((name, index) => [name, values[index] ?? null]));
  });
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

async function columnsOf(statement: string): Promise<string[]> {
  const [node] = await statementsIn(statement);
  if (node === undefined || !('CreateStmt' in node)) return [];
  return (node.CreateStmt.tableElts ?? []).flatMap((part) =>
    'ColumnDef' in part ? [part.ColumnDef.colname ?? ''] : [],
  );
}

async function insertedRows(statement: string, made: readonly string[]): Promise<LedgerRow[]> {
  const [node] = await statementsIn(statement);
  if (node === undefined || !('InsertStmt' in node)) return [];
  const { cols = [], selectStmt } = node.InsertStmt;
  const named = cols.flatMap((col) => ('ResTarget' in col ? [col.ResTarget.name ?? ''] : []));
  const columns = named.length > 0 ? named : made;
  const lists = selectStmt && 'SelectStmt' in selectStmt ? (selectStmt.SelectStmt.valuesLists ?? []) : [];
  return lists.map((list) => {
    const items = 'List' in list ? (list.List.items ?? []) : [];
    return Object.fromEntries(columns.map((name, index) => [name, constant(items[index])]));
  });
}

/** A constant as text, also behind a cast; null of all else. */
function constant(node: Node | undefined): string | null {
  if (node === undefined) return null;
  if ('TypeCast' in node) return constant(node.TypeCast.arg);
  if (!('A_Const' in node)) return 'FuncCall' in node || 'SQLValueFunction' in node ? '' : null; // now()
  const { sval, ival, boolval, fval } = node.A_Const;
  if (sval) return sval.sval ?? '';
  if (boolval) return boolval.boolval ? 't' : 'f';
  if (fval) return fval.fval ?? '';
  return ival ? String(ival.ival ?? 0) : null;
}

async function statementsIn(text: string): Promise<Node[]> {
  const { stmts = [] } = await parse(text).catch(() => ({ stmts: [] }));
  return stmts.flatMap(({ stmt }) => (stmt === undefined ? [] : [stmt]));
}
