import type { QueryResult } from 'pg';
import type { UnitRun } from '../run-unit.ts';

export interface Answer<Row extends unknown[] = unknown[]> {
  readonly atMs: number;
  readonly rows: Row[];
  readonly rowCount: number | null;
  readonly command: string | null;
  readonly error?: unknown;
}

/** Sends at once; resolves, never rejects, with the moment of the answer. */
export function answer<Row extends unknown[]>(
  { session, clock }: Pick<UnitRun, 'session' | 'clock'>,
  text: string,
): Promise<Answer<Row>> {
  return session.client.query<Row>({ text, rowMode: 'array' }).then(
    ({ rows, rowCount, command }: QueryResult & { rows: Row[] }) => ({
      atMs: clock.now(),
      rows,
      rowCount,
      command,
    }),
    (error: unknown) => ({ atMs: clock.now(), rows: [], rowCount: null, command: null, error }),
  );
}
