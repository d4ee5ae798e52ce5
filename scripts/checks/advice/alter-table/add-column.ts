import type { Constraint } from 'libpg-query';
import type { PartAdvice, AlterPart } from './alter-rule.ts';
import { NO_TIMEOUT, OUTSIDE } from '../concurrently.ts';
import { backfillKey, backfillStep } from '../rule.ts';
import { provenNotNull } from '../proven-not-null.ts';
import { newName } from '../../../pg/sql/statement-tree.ts';

/** ADD COLUMN that wrote the table anew (a default that differs by row, serial, generated) or built an index. */
export function addColumn(part: AlterPart): PartAdvice | undefined {
  const { command, facts } = part;
  if (command.subtype !== 'AT_AddColumn' || command.def === undefined || !('ColumnDef' in command.def))
    return undefined;
  const constraints = (command.def.ColumnDef.constraints ?? []).flatMap((node) =>
    'Constraint' in node ? [node.Constraint] : [],
  );
  const unique = constraints.find(({ contype }) => isKey(contype));
  const value = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT');
  if (facts.rewrote.length > 0) return withoutRewrite(part, constraints, value);
  if (unique?.contype === 'CONSTR_UNIQUE') return indexLater(part, constraints, unique);
  return constraints.some(isCheck) ? checkedLater(part, constraints) : undefined;
}

function isCheck({ contype }: Constraint): boolean {
  return contype === 'CONSTR_CHECK';
}

/** PostgreSQL reads the whole table for it, though every row has the same value in a column that is new. */
function checkedLater(part: AlterPart, constraints: readonly Constraint[]): PartAdvice {
  const { table, facts } = part;
  const others = constraints.filter((one) => !isCheck(one)).map((one) => textOf(part, constraints, one));
  return {
    effect: `ADD COLUMN with CHECK read all of ${table}${facts.sizeOf(table)} while it held ACCESS EXCLUSIVE.`,
    advice:
      'Add the column alone, then its CHECK as NOT VALID, and validate it in a transaction of its own: VALIDATE lets reads and writes go on.',
    sql: [
      `alter table ${table} add column ${ifNotExists(part)}${[definitionOf(part, constraints), ...others].join(' ')};`,
      ...checks(part, constraints),
    ],
  };
}

/** Each CHECK of the column, as a constraint that is validated later. */
function checks(part: AlterPart, constraints: readonly Constraint[]): string[] {
  const { table, tableName, statement } = part;
  const made = newName(tableName, columnOf(part), 'check');
  return constraints.filter(isCheck).flatMap((one) => {
    const text = textOf(part, constraints, one);
    const named = one.conname === undefined ? `constraint ${made} ${text}` : text;
    const name = one.conname === undefined ? made : statement.spell(one.conname);
    return [
      `alter table ${table} add ${named} not valid;`,
      `alter table ${table} validate constraint ${name};`,
    ];
  });
}

function ifNotExists({ command }: AlterPart): string {
  return command.missing_ok === true ? 'if not exists ' : '';
}

function isKey(contype: Constraint['contype']): boolean {
  return contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY';
}

function withoutRewrite(
  part: AlterPart,
  constraints: readonly Constraint[],
  value: Constraint | undefined,
): PartAdvice {
  const { table, tableName, statement, facts } = part;
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
  const key = constraints.find(({ contype }) => isKey(contype));
  const ofKey = new Set(key === undefined ? [] : wordsOf(key, constraints));
  const others = constraints.filter(
    (one) => one !== value && one.contype !== 'CONSTR_NOTNULL' && !isCheck(one) && !ofKey.has(one),
  );
  const plain = [
    definitionOf(part, constraints),
    ...others.map((one) => textOf(part, constraints, one)),
  ].join(' ');
  const required = constraints.some(
    ({ contype }) => contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_PRIMARY',
  );
  return {
    effect,
    advice: `Add the column without its default, set the default for new rows, and fill the rows that are there in a backfill step${key === undefined ? '' : ', before its index is built CONCURRENTLY'}.`,
    sql: [
      `alter table ${table} add column ${ifNotExists(part)}${plain};`,
      `alter table ${table} alter column ${name} set default ${expression};`,
      `-- then a step of the plan: backfill: ${backfillStep(table, backfillKey(statement, facts), `${name} = ${expression}`, `${name} is null`)}`,
      ...checks(part, constraints),
      ...(required ? provenNotNull(table, tableName, column, name) : []),
      ...(key === undefined ? [] : withIndex(part, constraints, key)),
    ],
  };
}

function indexLater(part: AlterPart, constraints: readonly Constraint[], unique: Constraint): PartAdvice {
  const { table, facts } = part;
  const ofKey = new Set(wordsOf(unique, constraints));
  const rest = constraints
    .filter((one) => !ofKey.has(one) && !isCheck(one))
    .map((one) => textOf(part, constraints, one));
  return {
    effect: `It built an index over ${table}${facts.sizeOf(table)} while it held ACCESS EXCLUSIVE.`,
    advice: `Add the column alone, build its index CONCURRENTLY, and let the constraint take it over with USING INDEX. ${OUTSIDE} ${NO_TIMEOUT}`,
    sql: [
      `alter table ${table} add column ${ifNotExists(part)}${[definitionOf(part, constraints), ...rest].join(' ')};`,
      ...checks(part, constraints),
      ...withIndex(part, constraints, unique),
    ],
  };
}

/** The key as a constraint over an index that was built before, with all that its words say. */
function withIndex(part: AlterPart, constraints: readonly Constraint[], key: Constraint): string[] {
  const { table, tableName, statement } = part;
  const column = columnOf(part);
  const isPrimary = key.contype === 'CONSTR_PRIMARY';
  const made = isPrimary ? newName(tableName, 'pkey') : newName(tableName, column, 'key');
  const name = key.conname === undefined ? made : statement.spell(key.conname);
  const nulls = key.nulls_not_distinct === true ? ' nulls not distinct' : '';
  const later = wordsOf(key, constraints).slice(1);
  const words = later.map((one) => ` ${textOf(part, constraints, one)}`).join('');
  return [
    `create unique index concurrently ${name} on ${table} (${statement.spell(column)})${nulls};`,
    `alter table ${table} add constraint ${name} ${isPrimary ? 'primary key' : 'unique'} using index ${name}${words};`,
  ];
}

/** The constraint, and what the parser gives of its DEFERRABLE and INITIALLY behind it. */
function wordsOf(key: Constraint, all: readonly Constraint[]): Constraint[] {
  const [, ...later] = all.slice(all.indexOf(key));
  const end = later.findIndex(({ contype = '' }) => !contype.startsWith('CONSTR_ATTR_'));
  return [key, ...(end === -1 ? later : later.slice(0, end))];
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
