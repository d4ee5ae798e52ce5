import type { DeleteStmt, UpdateStmt } from 'libpg-query';
import { formatCount } from '../../shared/text/format.ts';
import { whatChanges } from './repeatable.ts';
import { yaml, type Advice, type AdviceFacts, type AdviceRule } from './rule.ts';
import { quoted, type StatementTree } from '../../pg/sql/statement-tree.ts';
import { walk } from '../../pg/sql/walk.ts';

/** From here on a single statement keeps its row locks for a time that is felt. */
const MANY_ROWS = 10_000;
const BATCH_ROWS = 1000;

/**
 * UPDATE and DELETE of so many rows that they belong into batches. Their SQL names rows by a key and repeats the condition
 * outside: a ctid is only unique inside one partition or child, and a row may have changed since the batch was chosen.
 */
export const bulkChanges: AdviceRule = (statement, facts) => {
  const { node } = statement;
  const change =
    'UpdateStmt' in node
      ? bulk('UPDATE', node.UpdateStmt, statement, facts)
      : 'DeleteStmt' in node
        ? bulk('DELETE', node.DeleteStmt, statement, facts)
        : undefined;
  if (change === undefined) return undefined;
  const { what, table } = change;
  const locked = facts.rows === null ? 'every row' : `${formatCount(facts.rows)} rows`;
  return {
    effect: `One ${what} locked ${locked} of ${table} until its transaction ended.`,
    ...(what === 'UPDATE' ? backfill(change) : batches(change)),
  };
};

interface BulkChange {
  readonly what: 'UPDATE' | 'DELETE';
  readonly tree: Partial<UpdateStmt & DeleteStmt>;
  readonly statement: StatementTree;
  readonly table: string;
  /** Columns that name one row; undefined where no key is known. */
  readonly key: readonly string[] | undefined;
  /** As the author wrote it; null = all rows. */
  readonly condition: string | null;
  /** Why batches may come to other rows than the whole; undefined = they come to the same. */
  readonly changes: string | undefined;
}

type What = Pick<Advice, 'advice' | 'insteadSql'>;

function bulk(
  what: BulkChange['what'],
  tree: BulkChange['tree'],
  statement: StatementTree,
  facts: AdviceFacts,
): BulkChange | undefined {
  const { relation, whereClause } = tree;
  const isBulk = facts.rows === null ? whereClause === undefined : facts.rows >= MANY_ROWS;
  if (relation === undefined || !isBulk) return undefined;
  const others = (tree.usingClause ?? tree.fromClause ?? []).length > 0 ? 'other tables' : undefined;
  const common = tree.withClause === undefined ? undefined : 'WITH';
  const sets = what === 'UPDATE' ? [...walk(tree.targetList)] : [];
  const asks = sets.some(([kind]) => kind === 'SubLink') ? 'a subquery' : undefined;
  return {
    what,
    tree,
    statement,
    table: statement.relation(relation),
    key: facts.keyOf(relation),
    condition: whereClause === undefined ? null : statement.clause('where', 'returning'),
    changes: common ?? others ?? asks ?? whatChanges(whereClause),
  };
}

function backfill(change: BulkChange): What {
  const { tree, statement, table, key, condition, changes } = change;
  const advice = 'Make it a backfill step: batches along the key, each its own short transaction.';
  if (changes !== undefined) return { advice: `${advice} ${listFirst(changes)}`, insteadSql: null };
  const [only, second] = key ?? [];
  const returns = statement.clause('returning') !== null;
  const isPlain = tree.relation?.inh === true && tree.relation.alias === undefined && !returns;
  const set = statement.clause('set', 'where', 'returning');
  if (only === undefined) return { advice: `${advice} ${noKey(table)}`, insteadSql: null };
  if (second !== undefined || !isPlain || set === null || assigns(tree, only))
    return { advice, insteadSql: null };
  const where = condition === null ? '' : `, where: ${JSON.stringify(condition)}`;
  const step = `{ table: ${yaml(table)}, key: ${yaml(quoted(only))}, set: ${JSON.stringify(set)}${where} }`;
  return {
    advice,
    insteadSql: commented(`as a step of the plan instead of SQL:\nbackfill: ${step}`),
  };
}

function batches(change: BulkChange): What {
  const { statement, table, key, condition, changes } = change;
  const advice = 'Delete in batches along the key, each its own short transaction.';
  if (changes !== undefined) return { advice: `${advice} ${listFirst(changes)}`, insteadSql: null };
  if (key === undefined) return { advice: `${advice} ${noKey(table)}`, insteadSql: null };
  const target = statement.clause('from', 'where', 'returning');
  if (target === null) return { advice, insteadSql: null };
  const columns = key.map(quoted).join(', ');
  const row = key.length === 1 ? columns : `(${columns})`;
  const which = condition === null ? '' : ` where ${condition}`;
  const still = condition === null ? '' : ` and (${condition})`;
  const returned = statement.clause('returning');
  const returning = returned === null ? '' : ` returning ${returned}`;
  return {
    advice,
    insteadSql: `-- repeat until it deletes nothing:\ndelete from ${target} where ${row} in (select ${columns} from ${target}${which} limit ${BATCH_ROWS})${still}${returning};`,
  };
}

/** A walk along a key that the change itself moves would meet rows twice. */
function assigns({ targetList = [] }: BulkChange['tree'], column: string): boolean {
  return targetList.some((node) => 'ResTarget' in node && node.ResTarget.name === column);
}

function listFirst(changes: string): string {
  return `Write down the keys of its rows in a table first and go along that one: it looks at more than the row itself (${changes}), and what it finds changes from batch to batch.`;
}

function noKey(table: string): string {
  return `The snapshot shows no key of ${table}, unique and NOT NULL, to go along: add one first.`;
}

function commented(text: string): string {
  return text
    .split('\n')
    .map((line) => `-- ${line}`)
    .join('\n');
}
