import type { Constraint, Node } from 'libpg-query';
import type { PartAdvice, AlterPart } from './alter-rule.ts';
import { NO_TIMEOUT, OUTSIDE } from '../concurrently.ts';
import { newName } from '../../../pg/sql/statement-tree.ts';
import { walk } from '../../../pg/sql/walk.ts';

/** ADD CHECK and ADD FOREIGN KEY without NOT VALID; ADD UNIQUE and ADD PRIMARY KEY without an index made before. */
export function addConstraint(part: AlterPart): PartAdvice | undefined {
  const { command } = part;
  if (command.subtype !== 'AT_AddConstraint' || command.def === undefined || !('Constraint' in command.def))
    return undefined;
  const constraint = command.def.Constraint;
  const { contype, initially_valid: isValid, indexname } = constraint;
  if (contype === 'CONSTR_EXCLUSION') return excludedElsewhere(part);
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN')
    return isValid === true ? validatedLater(part, constraint) : undefined;
  if (contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY')
    return indexname === undefined ? usingIndex(part, constraint) : undefined;
  return undefined;
}

function validatedLater(part: AlterPart, constraint: Constraint): PartAdvice {
  const { table, tableName, statement, text, tokens, facts } = part;
  const isForeign = constraint.contype === 'CONSTR_FOREIGN';
  const columns = isForeign ? names(constraint.fk_attrs) : onlyColumn(constraint);
  const name =
    constraint.conname === undefined
      ? newName(tableName, ...columns, isForeign ? 'fkey' : 'check')
      : statement.spell(constraint.conname);
  // Without a name of its own nothing could be validated by name later.
  const add =
    constraint.conname === undefined
      ? `add constraint ${name} ${statement.text(tokens[1]?.start ?? 0, tokens.at(-1)?.end ?? 0)}`
      : text;
  if (isForeign && facts.isPartitioned(table)) {
    return {
      effect: `ADD FOREIGN KEY read all of ${table}${facts.sizeOf(table)} while it held SHARE ROW EXCLUSIVE.`,
      advice:
        'Before PostgreSQL 18 a partitioned table takes no foreign key NOT VALID: add it NOT VALID to each partition and VALIDATE it there, each in a transaction of its own, and add it to the parent last, which then takes over those of its partitions.',
      sql: null,
    };
  }
  const [what, mode] = isForeign
    ? ['ADD FOREIGN KEY', 'SHARE ROW EXCLUSIVE']
    : ['ADD CHECK', 'ACCESS EXCLUSIVE'];
  return {
    effect: `${what} read all of ${table}${facts.sizeOf(table)} while it held ${mode}.`,
    advice: `Add the constraint as NOT VALID and validate it in a transaction of its own: VALIDATE lets reads and writes go on.`,
    sql: [`alter table ${table} ${add} not valid;`, `alter table ${table} validate constraint ${name};`],
  };
}

/** PostgreSQL names a CHECK after its column where it has only one (AddRelationNewConstraints in catalog/heap.c). */
function onlyColumn({ raw_expr: expression }: Constraint): string[] {
  const used = [...walk(expression)].flatMap(([kind, node]) =>
    kind === 'ColumnRef' ? names(node['fields'] as readonly Node[]).slice(-1) : [],
  );
  const distinct = [...new Set(used)];
  return distinct.length === 1 ? distinct : [];
}

function excludedElsewhere({ table, facts }: AlterPart): PartAdvice {
  return {
    effect: `ADD EXCLUDE built the index of ${table}${facts.sizeOf(table)} while it held ACCESS EXCLUSIVE.`,
    advice:
      'EXCLUDE can be built neither CONCURRENTLY nor NOT VALID, and takes over no index: make it on a new, empty table that a trigger and a backfill fill before the names are swapped, or plan a window in which the app stands still.',
    sql: null,
  };
}

/** What a unique index and its constraint cannot be told apart without; undefined where USING INDEX cannot say it. */
function uniqueWords(
  constraint: Constraint,
  statement: AlterPart['statement'],
): { readonly index: string; readonly constraint: string } | undefined {
  const {
    nulls_not_distinct: nullsAreSame,
    without_overlaps: isTemporal,
    options = [],
    indexspace,
  } = constraint;
  if (isTemporal === true || options.length > 0 || indexspace !== undefined) return undefined;
  const included = names(constraint.including).map((column) => statement.spell(column));
  const include = included.length === 0 ? '' : ` include (${included.join(', ')})`;
  const deferred = constraint.initdeferred === true ? ' initially deferred' : '';
  return {
    index: `${include}${nullsAreSame === true ? ' nulls not distinct' : ''}`,
    constraint: constraint.deferrable === true ? ` deferrable${deferred}` : '',
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
  const effect = `It built the index of ${table}${facts.sizeOf(table)} while it held ACCESS EXCLUSIVE.`;
  const words = uniqueWords(constraint, statement);
  if (facts.isPartitioned(table)) {
    return {
      effect,
      advice:
        'A partitioned table takes over no index with USING INDEX: build a unique index CONCURRENTLY on each partition, add the constraint to each of them with USING INDEX, add it to the parent alone (ALTER TABLE ONLY), and ATTACH the index of each partition.',
      sql: null,
    };
  }
  if (words === undefined && constraint.without_overlaps !== true) {
    return {
      effect,
      advice: `Build the index CONCURRENTLY first, with the same WITH and TABLESPACE, and let the constraint take it over with USING INDEX. ${OUTSIDE} ${NO_TIMEOUT}`,
      sql: null,
    };
  }
  if (words === undefined) {
    return {
      effect,
      advice:
        'Such a constraint can take over no index that was built CONCURRENTLY: make it on a new, empty table that is filled before the names are swapped, or plan a window.',
      sql: null,
    };
  }
  return {
    effect,
    advice: `Build the index CONCURRENTLY first and let the constraint take it over with USING INDEX${isPrimary ? '; its columns must be NOT NULL before' : ''}. ${OUTSIDE} ${NO_TIMEOUT}`,
    sql: [
      `create unique index concurrently ${name} on ${table} (${list})${words.index};`,
      `alter table ${table} add constraint ${name} ${kind} using index ${name}${words.constraint};`,
    ],
  };
}

function names(nodes: readonly Node[] = []): string[] {
  return nodes.flatMap((node) =>
    'String' in node && node.String.sval !== undefined ? [node.String.sval] : [],
  );
}
