import { parse } from 'libpg-query';
import { relationsOf, quoteIdentifier } from '../../pg/sql/relations.ts';
import { walk } from '../../pg/sql/walk.ts';
import type { Step } from '../../plan/model.ts';

/** What one statement of a step does to the rows of one table. */
export interface RowWrite {
  /** As the statement names it, quoted where SQL needs it. */
  readonly table: string;
  /** Columns that an UPDATE sets, as the catalog has them; null = whole rows come or go. */
  readonly columns: readonly string[] | null;
  /** The statement, for what it names. */
  readonly text: string;
  /** Functions that it calls, by their bare names; `now` also of CURRENT_TIMESTAMP and its like. */
  readonly functions: readonly string[];
  /** Other relations that it reads. */
  readonly reads: readonly string[];
}

/** Nobody reads in their text which rows they change. */
const OPAQUE: ReadonlySet<string> = new Set(['DoStmt', 'CallStmt', 'ExecuteStmt']);

/**
 * The tables whose rows a step changes, as far as its text tells; `unknown` where it runs what cannot be read: a program, a DO block,
 * a procedure, or a function that is called for what it does.
 */
export async function rowWritesOf(step: Step): Promise<readonly RowWrite[] | 'unknown'> {
  if (step.kind === 'backfill')
    return writesIn(`update ${step.table} set ${step.set}\n where (${step.where ?? 'true'}\n)`);
  if (step.kind !== 'sql') return 'unknown';
  const all: RowWrite[] = [];
  for (const { text } of step.files) {
    const found = await writesIn(text);
    if (found === 'unknown') return 'unknown';
    all.push(...found);
  }
  return all;
}

async function writesIn(sql: string): Promise<readonly RowWrite[] | 'unknown'> {
  const parsed = await parse(sql).catch(() => undefined);
  if (parsed === undefined) return 'unknown';
  const bytes = Buffer.from(sql);
  const all: RowWrite[] = [];
  for (const { stmt, stmt_location: from = 0, stmt_len: length } of parsed.stmts ?? []) {
    if (stmt === undefined) continue;
    const nodes = [...walk(stmt)];
    const [kind = ''] = nodes[0] ?? [];
    const functions = nodes.flatMap(functionNamed);
    const text = bytes.subarray(from, length === undefined ? undefined : from + length).toString();
    const relations = relationsOf(stmt);
    const own = nodes.flatMap((node): RowWrite[] => {
      const write = targetOf(node);
      if (write === undefined) return [];
      return [{ ...write, text, functions, reads: relations.filter((one) => one !== write.table) }];
    });
    const mayDoAnything = kind === 'SelectStmt' && own.length === 0 && functions.length > 0;
    if (OPAQUE.has(kind) || mayDoAnything) return 'unknown';
    all.push(...own);
  }
  return all;
}

function targetOf([kind, node]: [string, Record<string, unknown>]):
  Pick<RowWrite, 'table' | 'columns'> | undefined {
  switch (kind) {
    case 'UpdateStmt':
      return withTable(node['relation'], setColumns(node['targetList']));
    case 'InsertStmt':
    case 'DeleteStmt':
    case 'MergeStmt':
      return withTable(node['relation'], null);
    case 'CopyStmt':
      return node['is_from'] === true ? withTable(node['relation'], null) : undefined;
    case 'IntoClause':
    case 'intoClause':
    case 'into':
      return withTable(node['rel'], null);
    default:
      return undefined;
  }
}

function withTable(
  relation: unknown,
  columns: readonly string[] | null,
): Pick<RowWrite, 'table' | 'columns'> | undefined {
  const { relname, schemaname } = (relation ?? {}) as { relname?: string; schemaname?: string };
  if (relname === undefined) return undefined;
  const name = quoteIdentifier(relname);
  return { table: schemaname === undefined ? name : `${quoteIdentifier(schemaname)}.${name}`, columns };
}

function setColumns(targets: unknown): string[] {
  return ((targets ?? []) as { ResTarget?: { name?: string } }[]).flatMap(({ ResTarget }) =>
    ResTarget?.name === undefined ? [] : [ResTarget.name],
  );
}

function functionNamed([kind, node]: [string, Record<string, unknown>]): string[] {
  if (kind === 'SQLValueFunction') return ['now'];
  if (kind !== 'FuncCall') return [];
  const last = (node['funcname'] as { String?: { sval?: string } }[] | undefined)?.at(-1)?.String?.sval;
  return last === undefined ? [] : [last];
}
