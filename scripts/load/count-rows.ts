import type { PgClient } from '../pg/client.ts';
import { isConnectionLoss, isFromPostgres } from '../pg/pg-error.ts';
import { initialVariables, presets, type SamplePools } from './traffic/draw.ts';
import { queryAsText } from './scripts/query-as-text.ts';
import { Random } from './chance/random.ts';
import { runCommands, type SqlResult } from './scripts/run-commands.ts';
import { ScriptError } from './script-error.ts';
import type { ParsedScript, SqlCommand } from './scripts/script.ts';

/** By the index of a statement: how many rows it returned or changed. */
export type RowCounts = ReadonlyMap<number, number>;

/** The values that a script is given: the same draw gives the same ones. */
interface Draw {
  readonly pools: SamplePools;
  readonly seed: number;
  readonly number: number;
}

const LIMITS = `BEGIN; SET LOCAL lock_timeout = '200ms'; SET LOCAL statement_timeout = '1s'`;

/**
 * Runs a script in one transaction that is rolled back, and counts.
 * @returns undefined where it does not come to its end so
 * @throws where the connection is lost
 */
export async function countRows(
  client: PgClient,
  script: ParsedScript,
  { pools, seed, number }: Draw,
): Promise<RowCounts | undefined> {
  const random = new Random(seed, `rows/${script.file}`, number);
  const variables = initialVariables(script, pools, random, presets(seed, 0));
  const counts = new Map<number, number>();
  const query = async (command: SqlCommand, values: (string | null)[]): Promise<SqlResult> => {
    if (command.transaction !== undefined) return { columns: [], firstRow: undefined };
    const result = await queryAsText(client, { text: command.text, values });
    counts.set(command.index, result.rowCount);
    return result;
  };
  try {
    await client.query(LIMITS);
    await runCommands(script.commands, { variables, random, query, pause: () => Promise.resolve() });
    return counts;
  } catch (error) {
    if (error instanceof ScriptError || (isFromPostgres(error) && !isConnectionLoss(error))) return undefined;
    throw error;
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    await client.query('SELECT pg_catalog.pg_advisory_unlock_all()').catch(() => undefined);
  }
}
