import { registerAuthorText } from '../../pg/messages/public-names.ts';
import { withoutCopyRows } from '../../pg/sql/copy-rows.ts';
import { splitSql, type SqlStatement } from '../../pg/sql/split.ts';
import type { SqlFile } from '../../plan/model.ts';
import { StepFailure } from './step-failure.ts';

/** The statements of a step's file. @throws StepFailure where it is not SQL: nothing of it may pass for done */
export async function readStatements({ file, text }: SqlFile): Promise<readonly SqlStatement[]> {
  registerAuthorText(withoutCopyRows(text).sql); // rows are no words of the author's
  const split = await splitSql(text);
  if (split.ok) return split.statements;
  const { line, message, excerpt } = split.error;
  throw new StepFailure({ sqlstate: '42601', message, hint: null, file, line, excerpt });
}
