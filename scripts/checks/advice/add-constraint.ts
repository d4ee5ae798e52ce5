import type { Constraint, Node } from 'libpg-query';
import type { AlterPart, PartAdvice } from './alter-table.ts';
import { newName } from './statement-tree.ts';

/** ADD CHECK and ADD FOREIGN KEY without NOT VALID; ADD UNIQUE and ADD PRIMARY KEY without an index made before. */
export function addConstraint(part: AlterPart): PartAdvice | undefined {
  const { command } = part;
  if (command.subtype !== 'AT_AddConstraint' || command.def === undefined || !('Constraint' in command.def))
    return undefined;
  const constraint = command.def.Constraint;
  const { contype, initially_valid: isValid, indexname } = constraint;
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN')
    return isValid === true ? validatedLater(part, constraint) : undefined;
  if (contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY')
    return indexname === undefined ? usingIndex(part, constraint) : undefined;
  return undefined;
}

function validatedLater(part: AlterPart, constraint: Constraint): PartAdvice {
  const { table, tableName, statement, text, tokens, facts } = part;
  const isForeign = constraint.contype === 'CONSTR_FOREIGN';
  const columns = names(constraint.fk_attrs);
  const name =
    constraint.conname === undefined
      ? newName(tableName, ...columns, isForeign ? 'fkey' : 'check')
      : statement.spell(constraint.conname);
  // Without a name of its own nothing could be validated by name later.
  const add =
    constraint.conname === undefined
      ? `add constraint ${name} ${statement.text(tokens[1]?.start ?? 0, tokens.at(-1)?.end ?? 0)}`
      : text;
  const [what, mode] = isForeign
    ? ['ADD FOREIGN KEY', 'SHARE ROW EXCLUSIVE']
    : ['ADD CHECK', 'ACCESS EXCLUSIVE'];
  return {
    effect: `${what} read all of ${table}${facts.sizeOf(table)} while it held ${mode}.`,
    advice: `Add the constraint as NOT VALID and validate it in a transaction of its own: VALIDATE lets reads and writes go on.`,
    sql: [`alter table ${table} ${add} not valid;`, `alter table ${table} validate constraint ${name};`],
  };
}

function usingIndex(part: AlterPart, constraint: Constraint): PartAdvice {
  const { table, tableName, statement, facts } = part;
  const isPrimary = constraint.contype === 'CONSTR_PRIMARY';
  const columns = names(constraint.keys);
  const name =
    constraint.conname === undefined
      ? newName(tableName, ...(isPrimary ? ['pkey'] : [...columns, 'key']))
      : statement.spell(constraint.conname);
  const kind = isPrimary ? 'primary key' : 'unique';
  const list = columns.map((column) => statement.spell(column)).join(', ');
  return {
    effect: `It built the index of ${table}${facts.sizeOf(table)} while it held ACCESS EXCLUSIVE.`,
    advice: `Build the index CONCURRENTLY first and let the constraint take it over with USING INDEX${isPrimary ? '; its columns must be NOT NULL before' : ''}.`,
    sql: [
      `create unique index concurrently ${name} on ${table} (${list});`,
      `alter table ${table} add constraint ${name} ${kind} using index ${name};`,
    ],
  };
}

function names(nodes: readonly Node[] = []): string[] {
  return nodes.flatMap((node) =>
    'String' in node && node.String.sval !== undefined ? [node.String.sval] : [],
  );
}
