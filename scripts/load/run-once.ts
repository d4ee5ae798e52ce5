import { publicPgError, sqlstateOf, type PublicPgError } from '../pg/pg-error.ts';
import type { PgClient } from '../pg/client.ts';
import { initialVariables, presets, type SamplePools } from './draw.ts';
import { queryAsText } from './query-as-text.ts';
import { Random } from './random.ts';
import { runCommands, type SqlResult } from './run-commands.ts';
import { ScriptError } from './script-error.ts';
import type { Command, ParsedScript, SqlCommand } from './script.ts';

export interface OnceLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** Stops between two tries. */
  readonly signal?: AbortSignal;
}

/** A script that waits or runs longer does not work in that state. */
export const DEFAULT_LIMITS: OnceLimits = { lockTimeoutMs: 5_000, statementTimeoutMs: 15_000 };
const TRIES = 4;
/** serialization_failure, deadlock_detected: the app would try again, and so do we. */
const TRY_AGAIN = new Set(['40001', '40P01']);

/**
 * Executes every statement of a script in one transaction that is always rolled back, to see whether the schema still
 * carries it. The script's own BEGIN, COMMIT and ROLLBACK are left out; deferred constraints are checked at the end.
 * Nothing stays on the session: no transaction, no prepared statement, no advisory lock.
 */
export async function runScriptOnce(
  client: PgClient,
  script: ParsedScript,
  pools: SamplePools,
  seed: number,
  limits: OnceLimits = DEFAULT_LIMITS,
): Promise<{ ok: true } | { ok: false; error: PublicPgError }> {
  for (let attempt = 1; ; attempt++) {
    limits.signal?.throwIfAborted();
    try {
      await tryScript(client, script, pools, new Random(seed, `once/${script.file}`, attempt), seed, limits);
      return { ok: true };
    } catch (error) {
      limits.signal?.throwIfAborted();
      if (attempt < TRIES && TRY_AGAIN.has(sqlstateOf(error) ?? '')) continue;
      if (error instanceof ScriptError) {
        return { ok: false, error: { sqlstate: error.sqlstate, message: error.message } };
      }
      return { ok: false, error: publicPgError(error) };
    } finally {
      await leaveNothing(client);
    }
  }
}

async function tryScript(
  client: PgClient,
  script: ParsedScript,
  pools: SamplePools,
  random: Random,
  seed: number,
  { lockTimeoutMs, statementTimeoutMs }: OnceLimits,
): Promise<void> {
  const variables = initialVariables(script, pools, random, presets(seed, 0));
  await client.query(
    `BEGIN; SET LOCAL lock_timeout = ${Math.ceil(lockTimeoutMs)}; SET LOCAL statement_timeout = ${Math.ceil(statementTimeoutMs)}`,
  );
  const query = async (command: SqlCommand, values: (string | null)[]): Promise<SqlResult> => {
    if (command.transaction !== undefined) return { columns: [], firstRow: undefined };
    return queryAsText(client, { text: command.text, values });
  };
  await runCommands(script.commands, { variables, random, query, pause: noPause });
  if (!rollsBack(script.commands)) await client.query('SET CONSTRAINTS ALL IMMEDIATE');
}

/** What survives a schema does not depend on pauses, and waiting would only hold locks. */
async function noPause(): Promise<void> {}

function rollsBack(commands: readonly Command[]): boolean {
  return commands.some((command) =>
    command.kind === 'if'
      ? command.branches.some((branch) => rollsBack(branch.commands))
      : command.kind === 'sql' && command.transaction === 'rollback',
  );
}

/** A connection that is gone has nothing left to undo. */
async function leaveNothing(client: PgClient): Promise<void> {
  await client.query('ROLLBACK').catch(() => undefined);
  await client.query('DEALLOCATE ALL; SELECT pg_catalog.pg_advisory_unlock_all()').catch(() => undefined);
}
