import type { AlterTableCmd, ScanToken } from 'libpg-query';
import type { StatementTree } from '../../../pg/sql/statement-tree.ts';
import type { AdviceFacts } from '../rule.ts';

/** One of the actions of an ALTER TABLE. */
export interface AlterPart {
  readonly command: AlterTableCmd;
  readonly statement: StatementTree;
  readonly facts: AdviceFacts;
  /** As the author wrote it, with its schema. */
  readonly table: string;
  /** Its bare name, for names derived from it. */
  readonly tableName: string;
  /** The action's own words, such as `add column c int`. */
  readonly text: string;
  readonly tokens: readonly ScanToken[];
}

export interface PartAdvice {
  readonly effect: string | null;
  readonly advice: string;
  /** Statements instead of the action; null where no SQL can say it. */
  readonly sql: readonly string[] | null;
}

export type AlterRule = (part: AlterPart) => PartAdvice | undefined;
