import { hasSqlDetails, parse, type UpdateStmt } from 'libpg-query';
import { syntaxMessage } from '../pg/sql/syntax-message.ts';

const IDENTIFIER = String.raw`(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")`;
const TABLE = new RegExp(String.raw`^${IDENTIFIER}(?:\s*\.\s*${IDENTIFIER})?$`, 'u');
const COLUMN = new RegExp(`^${IDENTIFIER}$`, 'u');

interface BackfillSql {
  readonly table: string;
  readonly key: readonly string[];
  readonly set: string;
  readonly where?: string;
}

interface BackfillMistake {
  readonly part: keyof BackfillSql;
  /** Of a column in the key, from 0. */
  readonly place?: number;
  /** `{value}` stands for the part as written. */
  readonly message: string;
  /** What the parser said; it quotes the SQL. */
  readonly detail?: string;
}

/** Parts that would not fit into `UPDATE table SET … WHERE …`. */
export async function backfillMistakes(parts: BackfillSql): Promise<BackfillMistake[]> {
  const { table, key, set, where } = parts;
  const found: BackfillMistake[] = [];
  if (!TABLE.test(table) || 'problem' in (await update(`UPDATE ${table} SET a = 1`)))
    found.push({ part: 'table', message: '{value} is not a table; write customers or public.customers' });
  found.push(...(await mistakesInKey(key)));
  const setMistake = await mistakeInSet(set);
  if (setMistake) found.push({ part: 'set', ...setMistake });
  if (where === undefined) return found;
  // With brackets nothing may follow the condition, and without them it cannot close them and go on.
  for (const condition of [where, `(${where}\n)`]) {
    const tried = await update(`UPDATE t SET a = 1 WHERE ${condition}\n`);
    if (!('problem' in tried)) continue;
    found.push({ part: 'where', message: 'is not a condition of UPDATE … WHERE', detail: tried.problem });
    break;
  }
  return found;
}

async function mistakesInKey(key: readonly string[]): Promise<BackfillMistake[]> {
  const found: BackfillMistake[] = [];
  const names = new Set<string>();
  for (const [place, column] of key.entries()) {
    const name = plainName(column);
    if (!(await isColumn(column)))
      found.push({ part: 'key', place, message: `{value} is not a column; write ${await toWrite(column)}` });
    else if (names.has(name))
      found.push({ part: 'key', place, message: '{value} is named twice; name each column of the key once' });
    names.add(name);
  }
  return found;
}

async function isColumn(text: string): Promise<boolean> {
  return COLUMN.test(text) && !('problem' in (await update(`UPDATE t SET a = 1 WHERE ${text} > 0`)));
}

/** Several columns in one text are a list that lacks its brackets. */
async function toWrite(text: string): Promise<string> {
  const columns = text
    .replace(/^\s*\(|\)\s*$/g, '')
    .split(',')
    .map((column) => column.trim());
  for (const column of columns) if (!(await isColumn(column))) return 'id';
  return columns.length === 1 ? 'id' : `[${columns.join(', ')}]`;
}

/** A name as the catalog has it. */
export function plainName(identifier: string): string {
  return identifier.startsWith('"')
    ? identifier.slice(1, -1).replaceAll('""', '"')
    : identifier.toLowerCase();
}

async function mistakeInSet(set: string): Promise<Omit<BackfillMistake, 'part'> | undefined> {
  const tried = await update(`UPDATE t SET ${set}\n`);
  if ('problem' in tried) return { message: 'is not a SET list of UPDATE … SET', detail: tried.problem };
  const { whereClause, fromClause, returningClause } = tried.update;
  if (whereClause) return { message: 'has a WHERE; write the condition under where' };
  if (fromClause) return { message: 'has a FROM; write a subselect: total = (SELECT … WHERE …)' };
  if (returningClause) return { message: 'has a RETURNING; leave it out' };
  return undefined;
}

async function update(sql: string): Promise<{ update: UpdateStmt } | { problem: string }> {
  try {
    const { stmts = [] } = await parse(sql);
    const [first, second] = stmts;
    if (first?.stmt && 'UpdateStmt' in first.stmt && second === undefined)
      return { update: first.stmt.UpdateStmt };
    return { problem: 'more than one statement' };
  } catch (error) {
    return { problem: hasSqlDetails(error) ? syntaxMessage(error) : 'nested too deeply' };
  }
}

/** Names of the columns that a SET list assigns, as the catalog has them; none where it is no SET list. */
export async function assignedColumns(set: string): Promise<string[]> {
  const tried = await update(`UPDATE t SET ${set}\n`);
  if ('problem' in tried) return [];
  return (tried.update.targetList ?? []).flatMap((target) =>
    'ResTarget' in target && target.ResTarget.name !== undefined ? [target.ResTarget.name] : [],
  );
}

/** One column of a SET list and what it is set to, as the author wrote it. */
interface Assignment {
  readonly column: string;
  readonly expression: string;
}

/** The columns of a SET list with their expressions; undefined where one expression is for several columns, or for a part of one. */
export async function assignments(set: string): Promise<Assignment[] | undefined> {
  const head = 'UPDATE t SET ';
  const tried = await update(`${head}${set}\n`);
  if ('problem' in tried) return undefined;
  const bytes = Buffer.from(set);
  const targets = (tried.update.targetList ?? []).flatMap((target) =>
    'ResTarget' in target ? [target.ResTarget] : [],
  );
  const starts = targets.map(({ location = 0 }) => location - head.length);
  const found = targets.map(({ name, indirection, val }, index) => {
    if (name === undefined || indirection !== undefined || (val && 'MultiAssignRef' in val)) return undefined;
    const text = bytes.subarray(starts[index], starts[index + 1]).toString();
    const expression = text.slice(text.indexOf('=', endOfName(text)) + 1).replace(/,\s*$/, '');
    return { column: name, expression: expression.trim() };
  });
  return found.every((one) => one !== undefined) ? found : undefined;
}

function endOfName(text: string): number {
  return new RegExp(`^${IDENTIFIER}`, 'u').exec(text)?.[0].length ?? 0;
}
