import type { QueryArrayConfig, QueryArrayResult, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/** Whatever answers questions: a connection, or something that opens another one when the first is lost. */
export interface Asker {
  query<R extends unknown[]>(question: QueryArrayConfig): Promise<QueryArrayResult<R>>;
  query<T extends QueryResultRow>(
    question: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<T>>;
}
