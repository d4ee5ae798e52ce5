import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { LostRows } from '../../artifacts/records/of-plan/schema-records.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { walk } from '../../pg/sql/walk.ts';
import { ranBy } from '../analysis/commands/sent-statements.ts';
import type { StepRun } from '../analysis/step-runs.ts';
import { Mentions } from '../mentions.ts';

/** What a step ran, by what its texts say of tables and their rows: read once, for thousands of tables that lost theirs. */
export class StepTexts {
  readonly #ran: readonly StatementRecord[];
  readonly #naming: Mentions<StatementRecord>;
  /** Those that can have lost rows. */
  readonly #losing: readonly StatementRecord[];

  constructor(run: StepRun) {
    this.#ran = ranBy(run);
    this.#naming = new Mentions(this.#ran, ({ sql }) => sql);
    const done = this.#ran.filter(({ error }) => error === null);
    const byItself = done.filter(({ sql }) => isLosing(sql));
    this.#losing = byItself.length > 0 ? byItself : done.filter(({ sql }) => callsFunction(sql));
  }

  /** In order those that name the table, or one that it was a part of. */
  naming({ table, partOf = [] }: LostRows): StatementRecord[] {
    const own = new Set([table, ...partOf].flatMap((name) => [...this.#naming.of(name)]));
    return own.size === 0 ? [] : this.#ran.filter((one) => own.has(one));
  }

  /** The statement that goes on from a table that it names: by its NOTICE, else the only one that can have lost rows. */
  taking(table: string): StatementRecord | null {
    const name = table.slice(table.indexOf('.') + 1);
    const told = this.#losing.find(({ notices = [] }) =>
      notices.some(({ message, objects = [] }) => [message, ...objects].some((text) => text.includes(name))),
    );
    return told ?? (this.#losing.length === 1 ? (this.#losing[0] ?? null) : null);
  }
}

const LOSING = new Set(['DropStmt', 'TruncateStmt', 'DeleteStmt', 'DropOwnedStmt', 'DoStmt', 'CallStmt']);

/** Also a DELETE behind WITH, and one that a MERGE does. */
export function isLosing(sql: string): boolean {
  const nodes = [...walk(StatementTree.parse(sql)?.node)];
  return nodes.some(
    ([kind, { commandType, removeType }]) =>
      (kind === 'DropStmt' ? !KEEPS_ROWS.has(String(removeType)) : LOSING.has(kind)) ||
      (kind === 'MergeWhenClause' && commandType === 'CMD_DELETE'),
  );
}

/** What has no rows, nor any table that falls with it. */
const KEEPS_ROWS = new Set(
  'FUNCTION PROCEDURE ROUTINE AGGREGATE INDEX TRIGGER POLICY RULE VIEW SEQUENCE'
    .split(' ')
    .map((kind) => `OBJECT_${kind}`),
);

/** Whatever the function does is not in the statement. */
function callsFunction(sql: string): boolean {
  return [...walk(StatementTree.parse(sql)?.node)].some(([kind]) => kind === 'FuncCall');
}

/** A DELETE or MERGE that is the statement, not one in a block of code. */
export function deletesBySelf(sql: string): boolean {
  const nodes = [...walk(StatementTree.parse(sql)?.node)];
  return nodes.some(([kind]) => kind === 'DeleteStmt' || kind === 'MergeStmt');
}
