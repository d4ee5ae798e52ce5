import { parse, type Node } from 'libpg-query';
import { walk } from '../../pg/sql/walk.ts';
import type { Phase } from '../model.ts';

/** Behind them an app that has not moved on cannot read what it reads. */
const TAKES_AWAY: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FUNCTION',
  'OBJECT_PROCEDURE',
  'OBJECT_TYPE',
  'OBJECT_SEQUENCE',
  'OBJECT_SCHEMA',
]);
/** Parts of ALTER TABLE behind which it may not write as before. */
const SWITCHES: ReadonlySet<string> = new Set([
  'AT_AlterColumnType',
  'AT_SetNotNull',
  'AT_ValidateConstraint',
  'AT_AddConstraint',
  'AT_SetExpression',
]);
const WRITES: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
const WORST_FIRST: readonly Phase[] = ['contract', 'switch', 'backfill', 'expand'];

/** The phase of a release that a migration belongs to, by its statements: the last of those that they would belong to. */
export async function phaseOf(sql: string): Promise<Phase> {
  const { stmts = [] } = await parse(sql).catch(() => ({ stmts: [] }));
  const phases = new Set(stmts.flatMap(({ stmt }) => (stmt === undefined ? [] : [phaseOfStatement(stmt)])));
  return WORST_FIRST.find((phase) => phases.has(phase)) ?? 'expand';
}

function phaseOfStatement(statement: Node): Phase {
  const [kind = ''] = Object.keys(statement);
  if (WRITES.has(kind)) return 'backfill';
  if (kind === 'RenameStmt' || kind === 'AlterObjectSchemaStmt') return 'switch';
  let phase: Phase = 'expand';
  for (const [name, node] of walk(statement)) {
    if (name === 'DropStmt' && TAKES_AWAY.has(String(node['removeType']))) return 'contract';
    if (name !== 'AlterTableCmd') continue;
    if (node['subtype'] === 'AT_DropColumn') return 'contract';
    if (SWITCHES.has(String(node['subtype'])) || isBareNotNull(node)) phase = 'switch';
  }
  return phase;
}

/** `ADD COLUMN … NOT NULL` without a default: who does not know of it can add no row. */
function isBareNotNull(command: Readonly<Record<string, unknown>>): boolean {
  if (command['subtype'] !== 'AT_AddColumn') return false;
  const text = JSON.stringify(command['def']);
  return text.includes('CONSTR_NOTNULL') && !/CONSTR_(?:DEFAULT|IDENTITY|GENERATED)/.test(text);
}
