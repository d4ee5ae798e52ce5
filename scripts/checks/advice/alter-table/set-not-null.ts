import type { PartAdvice, AlterPart } from './alter-rule.ts';
import { provenNotNull } from '../proven-not-null.ts';

/** PostgreSQL 12 and later skip the scan of SET NOT NULL where a valid CHECK proves it (release notes of 12). */
export function setNotNull(part: AlterPart): PartAdvice | undefined {
  const { command, statement, table, facts } = part;
  const isConstraint = columnOfConstraint(part);
  if (command.subtype !== 'AT_SetNotNull' && isConstraint === undefined) return undefined;
  const column = isConstraint ?? command.name ?? '';
  return {
    effect: `SET NOT NULL read all of ${table}${facts.sizeOf(table)} while it held ACCESS EXCLUSIVE.`,
    advice:
      'Add a CHECK constraint as NOT VALID and validate it first: VALIDATE lets reads and writes go on, and SET NOT NULL then needs no scan.',
    sql: provenNotNull(table, part.tableName, column, statement.spell(column)),
  };
}

/** PostgreSQL 18's `add [constraint x] not null c`. */
function columnOfConstraint({ command: { def } }: AlterPart): string | undefined {
  if (def === undefined || !('Constraint' in def) || def.Constraint.contype !== 'CONSTR_NOTNULL')
    return undefined;
  const { keys = [], initially_valid: isValid } = def.Constraint;
  const [key] = keys;
  return isValid === true && key !== undefined && 'String' in key ? key.String.sval : undefined;
}
