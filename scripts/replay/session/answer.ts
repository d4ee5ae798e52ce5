import { runStatement, type Sendable } from '../../pg/copy-query.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import type { MigrationSession } from './session.ts';

/** Who asks, and whose clock says when the answer was there. */
export interface Asking {
  readonly session: MigrationSession;
  readonly clock: RunClock;
}

export interface Answer<Row extends unknown[] = unknown[]> {
  readonly atMs: number;
  readonly rows: Row[];
  readonly rowCount: number | null;
  readonly command: string | null;
  readonly error?: unknown;
}

/** Sends at once; resolves, never rejects, with the moment of the answer. */
export function answer<Row extends unknown[]>(
  { session, clock }: Asking,
  statement: string | Sendable,
): Promise<Answer<Row>> {
  const sendable = typeof statement === 'string' ? { text: statement } : statement;
  return runStatement(session.client, sendable).then(
    ({ rows, rowCount, command }) => ({
      atMs: clock.now(),
      rows: rows as Row[],
      rowCount,
      command,
    }),
    (error: unknown) => ({ atMs: clock.now(), rows: [], rowCount: null, command: null, error }),
  );
}
