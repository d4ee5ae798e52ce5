import type { QueryArrayConfig } from 'pg';
import type { PgClient } from '../../pg/client.ts';
import type { SqlResult } from './run-commands.ts';

/** Values stay as PostgreSQL wrote them: scripts only pass them on. */
const AS_TEXT: NonNullable<QueryArrayConfig['types']> = { getTypeParser: () => (text: unknown) => text };

/** Runs one statement, prepared under `name` where one is given. @throws what pg throws */
export async function queryAsText(
  client: PgClient,
  query: { name?: string; text: string; values: (string | null)[] },
): Promise<SqlResult & { readonly rowCount: number }> {
  const result = await client.query<(string | null)[]>({ ...query, rowMode: 'array', types: AS_TEXT });
  return {
    columns: result.fields.map(({ name }) => name),
    firstRow: result.rows[0],
    rowCount: result.rowCount ?? 0,
  };
}
