import { relative } from 'node:path';
import { registerAuthorText } from '../../pg/messages/public-names.ts';
import type { PgClient } from '../../pg/client.ts';
import { runStatement } from '../../pg/copy-query.ts';
import { publicPgError } from '../../pg/pg-error.ts';
import { withCopyRows, withoutCopyRows } from '../../pg/sql/copy-rows.ts';
import { splitSql } from '../../pg/sql/split.ts';
import type { Migration } from '../../plan/migrations/list-migrations.ts';
import { mistakeLine, type Mistake } from '../../shared/errors.ts';

/**
 * Runs what goes up in a migration, statement by statement.
 * @param cwd what paths in messages are relative to
 * @returns the first mistake, `file:line what`; undefined where all of it ran
 */
export async function playMigration(
  client: PgClient,
  { file, up }: Migration,
  cwd: string,
): Promise<string | undefined> {
  const told = (line: number, message: string): string => {
    const mistake: Mistake = { file: relative(cwd, file), line, key: '', message };
    return mistakeLine(mistake);
  };
  const split = await splitSql(up);
  if (!split.ok) return told(split.error.line, split.error.message);
  registerAuthorText(withoutCopyRows(up).sql);
  try {
    for (const statement of split.statements) {
      try {
        await runStatement(client, statement);
      } catch (error) {
        const { sqlstate, message } = publicPgError(error);
        return told(statement.line, sqlstate === null ? message : `${message} (${sqlstate})`);
      }
    }
    return undefined;
  } finally {
    await client.query('rollback; reset all');
  }
}

/** The migrations as one text that a generator can run. */
export async function textOf(migrations: readonly Migration[], dir: string): Promise<string> {
  const parts: string[] = [];
  for (const { file, up } of migrations) {
    const split = await splitSql(up);
    const statements = split.ok ? split.statements.map(withCopyRows) : [];
    parts.push(`-- ${relative(dir, file)}\n${statements.join('')}`);
  }
  return parts.join('\n');
}
