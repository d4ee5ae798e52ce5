import type { Constraint } from 'libpg-query';
import type { AlterPart, PartAdvice } from './alter-table.ts';
import { provenNotNull } from './set-not-null.ts';
import { newName } from './statement-tree.ts';

/** ADD COLUMN that wrote the table anew (a default that differs by row, serial, generated) or built an index. */
export function addColumn(part: AlterPart): PartAdvice | undefined {
  const { command, facts } = part;
  if (command.subtype !== 'AT_AddColumn' || command.def === undefined || !('ColumnDef' in command.def))
    return undefined;
  const constraints = (command.def.ColumnDef.constraints ?? []).flatMap((node) =>
    'Constraint' in node ? [node.Constraint] : [],
  );
  const unique = constraints.find(({ contype }) => contype === 'CONSTR_UNIQUE');
  const value = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT');
  if (facts.rewrote.length > 0) return withoutRewrite(part, constraints, value);
  return unique === undefined ? undefined : indexLater(part, constraints, unique);
}

function withoutRewrite(
  part: AlterPart,
  constraints: readonly Constraint[],
  value: Constraint | undefined,
): PartAdvice {
  const { table, tableName, command, statement, facts } = part;
  const effect = `ADD COLUMN wrote all of ${table}${facts.sizeOf(table)} anew while it held ACCESS EXCLUSIVE.`;
  if (value === undefined) {
    return {
      effect,
      advice:
        'Add a plain column, keep it filled by a trigger or the app, and fill the rows that are there in a backfill step.',
      sql: null,
    };
  }
  const column = columnOf(part);
  const name = statement.spell(column);
  const expression = textOf(part, constraints, value).replace(/^\s*default\s+/i, '');
  const others = constraints.filter((one) => one !== value && one.contype !== 'CONSTR_NOTNULL');
  const plain = [
    definitionOf(part, constraints),
    ...others.map((one) => textOf(part, constraints, one)),
  ].join(' ');
  const required = constraints.some(({ contype }) => contype === 'CONSTR_NOTNULL');
  return {
    effect,
    advice:
      'Add the column without its default, set the default for new rows, and fill the rows that are there in a backfill step.',
    sql: [
      `alter table ${table} add column ${command.missing_ok === true ? 'if not exists ' : ''}${plain};`,
      `alter table ${table} alter column ${name} set default ${expression};`,
      `-- then a step of the plan: backfill: { table: ${table}, key: <primary key>, set: "${name} = ${expression}", where: "${name} is null" }`,
      ...(required ? provenNotNull(table, tableName, column, name) : []),
    ],
  };
}

function indexLater(part: AlterPart, constraints: readonly Constraint[], unique: Constraint): PartAdvice {
  const { table, tableName, statement, facts } = part;
  const column = columnOf(part);
  const name = newName(tableName, column, 'key');
  const rest = constraints.filter((one) => one !== unique).map((one) => textOf(part, constraints, one));
  return {
    effect: `It built an index over ${table}${facts.sizeOf(table)} while it held ACCESS EXCLUSIVE.`,
    advice:
      'Add the column alone, build its index CONCURRENTLY, and let the constraint take it over with USING INDEX.',
    sql: [
      `alter table ${table} add column ${[definitionOf(part, constraints), ...rest].join(' ')};`,
      `create unique index concurrently ${name} on ${table} (${statement.spell(column)});`,
      `alter table ${table} add constraint ${name} unique using index ${name};`,
    ],
  };
}

function columnOf({ command: { def } }: AlterPart): string {
  return def !== undefined && 'ColumnDef' in def ? (def.ColumnDef.colname ?? '') : '';
}

/** Name and type: what stands before the first constraint. */
function definitionOf(
  { command: { def }, statement, tokens }: AlterPart,
  constraints: readonly Constraint[],
): string {
  const from = def !== undefined && 'ColumnDef' in def ? (def.ColumnDef.location ?? 0) : 0;
  const first = Math.min(tokens.at(-1)?.end ?? 0, ...constraints.map(({ location = 0 }) => location));
  return statement.text(from, first);
}

/** The author's words of one constraint: up to the next one. */
function textOf({ statement, tokens }: AlterPart, all: readonly Constraint[], one: Constraint): string {
  const from = one.location ?? 0;
  const later = all.map(({ location = 0 }) => location).filter((location) => location > from);
  return statement.text(from, Math.min(tokens.at(-1)?.end ?? from, ...later));
}
