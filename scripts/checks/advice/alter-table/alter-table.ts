import type { ScanToken } from 'libpg-query';
import { addColumn } from './add-column.ts';
import { addConstraint } from './add-constraint.ts';
import { alterType } from './alter-type.ts';
import { SPLIT } from '../concurrently.ts';
import { detachPartition } from './detach.ts';
import { dropColumn } from './drop-column.ts';
import type { Advice, AdviceFacts, AdviceRule } from '../rule.ts';
import { newStorage } from './new-storage.ts';
import { setNotNull } from './set-not-null.ts';
import type { StatementTree } from '../../../pg/sql/statement-tree.ts';
import type { AlterPart, AlterRule, PartAdvice } from './alter-rule.ts';

const RULES: readonly AlterRule[] = [
  setNotNull,
  addConstraint,
  alterType,
  addColumn,
  dropColumn,
  detachPartition,
  newStorage,
];

/** Looks at each action of an ALTER TABLE by itself; the SQL puts all of them in order again. */
export const alterTable: AdviceRule = (statement, facts) => byActions(statement, facts, RULES);

/** Of an ALTER TABLE only the columns that it drops. */
export const dropColumns: AdviceRule = (statement, facts) => byActions(statement, facts, [dropColumn]);

function byActions(
  statement: StatementTree,
  facts: AdviceFacts,
  rules: readonly AlterRule[],
): Advice | undefined {
  if (!('AlterTableStmt' in statement.node)) return undefined;
  const { relation, cmds = [], objtype } = statement.node.AlterTableStmt;
  if (relation === undefined || objtype !== 'OBJECT_TABLE') return undefined;
  const texts = actionTokens(statement, relation.location ?? 0);
  const table = statement.relation(relation);
  const parts = cmds.flatMap((node, position): AlterPart[] => {
    const tokens = texts[position] ?? [];
    const text = statement.text(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0);
    if (!('AlterTableCmd' in node)) return [];
    const command = node.AlterTableCmd;
    return [{ command, statement, facts, table, tableName: relation.relname ?? '', text, tokens }];
  });
  const advised = parts.map((part) => ({ part, found: firstOf(part, rules) }));
  const first = advised.find(({ found }) => found !== undefined)?.found;
  if (first === undefined) return undefined;
  const isWhole = advised.every(({ found }) => found?.sql !== null);
  const needsOwn = advised.some(({ found }) =>
    found?.sql?.some((line) => / validate constraint /.test(line)),
  );
  const split = needsOwn && facts.sharesTransaction ? ` ${SPLIT}` : '';
  const lines = advised.flatMap(({ part, found }) => found?.sql ?? [`alter table ${table} ${part.text};`]);
  return {
    effect: first.effect,
    advice: `${first.advice}${split}`,
    insteadSql: isWhole && lines.length > 0 ? lines.join('\n') : null,
  };
}

function firstOf(part: AlterPart, rules: readonly AlterRule[]): PartAdvice | undefined {
  for (const rule of rules) {
    const advice = rule(part);
    if (advice !== undefined) return advice;
  }
  return undefined;
}

/** Divides what follows the table's name at its commas outside of parentheses. */
function actionTokens({ tokens }: StatementTree, tableByte: number): ScanToken[][] {
  let position = tokens.findIndex(({ start }) => start === tableByte);
  while (tokens[position + 1]?.text === '.') position += 2;
  if (tokens[position + 1]?.text === '*') position += 1;
  const actions: ScanToken[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(position + 1)) {
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (token.text === ',' && depth === 0) actions.push([]);
    else actions.at(-1)?.push(token);
  }
  return actions;
}
