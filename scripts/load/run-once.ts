import { monotonicMs } from '../shared/clock.ts';
import { publicPgError, sqlstateOf, type PublicPgError } from '../pg/pg-error.ts';
import { isOwnError } from '../pg/own-errors.ts';
import type { PgClient } from '../pg/client.ts';
import { initialVariables, presets, type SamplePools } from './traffic/draw.ts';
import type { TableUse } from '../artifacts/records/compatibility-record.ts';
import { queryAsText } from './scripts/query-as-text.ts';
import { RefusalWitness, type Refusal } from './requests/refusal.ts';
import { Random } from './chance/random.ts';
import { runCommands, type SqlResult } from './scripts/run-commands.ts';
import { ScriptError } from './script-error.ts';
import { tableUses } from './scripts/table-uses.ts';
import type { Command, ParsedScript, SqlCommand } from './scripts/script.ts';

interface OnceLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** Stops between two tries. */
  readonly signal?: AbortSignal;
}

/** A script that waits or runs longer does not work in that state. */
export const DEFAULT_LIMITS: OnceLimits = { lockTimeoutMs: 5_000, statementTimeoutMs: 15_000 };
const TRIES = 4;
const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELED = '57014';

/**
 * What a healthy app can fail with now and then hangs on the values and on who is there: it is tried again with others. Who ran
 * out of our patience would do so again; the app's own statement_timeout is shorter, and may only have met a busy moment.
 */
function isWorthAnotherTry(thrown: unknown, lastedMs: number, { statementTimeoutMs }: OnceLimits): boolean {
  const sqlstate = thrown instanceof ScriptError ? thrown.sqlstate : sqlstateOf(thrown);
  if (sqlstate === QUERY_CANCELED) return lastedMs < statementTimeoutMs;
  return sqlstate !== undefined && isOwnError(sqlstate) && sqlstate !== LOCK_NOT_AVAILABLE;
}

type Outcome =
  /** `uses`: undefined where its locks could not be seen. */
  | { readonly ok: true; readonly uses: readonly TableUse[] | undefined }
  | {
      readonly ok: false;
      readonly error: PublicPgError;
      /** How often it was tried, each time with other values. */
      readonly tries: number;
      readonly refused?: Refusal;
    };

interface Session {
  readonly client: PgClient;
  readonly witness: RefusalWitness;
}

/** One try of a script; whatever it leaves on the session, `undo` takes away. */
interface Way {
  readonly run: (random: Random, witness: RefusalWitness) => Promise<readonly TableUse[] | undefined>;
  readonly undo: () => Promise<void>;
}

/**
 * Executes every statement of a script in one transaction that is always rolled back, to see whether the schema still
 * carries it. The script's own BEGIN, COMMIT and ROLLBACK are left out; deferred constraints are checked at the end.
 * A script that fails so, and may have failed for the transaction that it does not have in the app, is run once more as the
 * app runs it: then it commits, as each of its requests in the traffic does.
 * Nothing stays on the session: no transaction, no setting, no prepared statement, no advisory lock.
 */
export async function runScriptOnce(
  client: PgClient,
  script: ParsedScript,
  pools: SamplePools,
  seed: number,
  limits: OnceLimits = DEFAULT_LIMITS,
): Promise<Outcome> {
  const once = (way: Way): Promise<Outcome> => tryUntilSerialized(client, way, script, seed, limits);
  const together = await once({
    run: (random, witness) => tryScript({ client, witness }, script, pools, random, seed, limits),
    undo: () => leaveNothing(client),
  });
  if (together.ok || !mayBeOurTransaction(script, together.error)) return together;
  return once({
    run: (random, witness) => runAsInTraffic({ client, witness }, script, pools, random, seed, limits),
    undo: () => discardAll(client),
  });
}

async function tryUntilSerialized(
  client: PgClient,
  { run, undo }: Way,
  script: ParsedScript,
  seed: number,
  limits: OnceLimits,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    limits.signal?.throwIfAborted();
    const witness = new RefusalWitness(client.user);
    const sinceMs = monotonicMs();
    try {
      const uses = await run(new Random(seed, `once/${script.file}`, attempt), witness);
      return { ok: true, uses };
    } catch (error) {
      limits.signal?.throwIfAborted();
      if (attempt < TRIES && isWorthAnotherTry(error, monotonicMs() - sinceMs, limits)) continue;
      if (error instanceof ScriptError) {
        return { ok: false, error: { sqlstate: error.sqlstate, message: error.message }, tries: attempt };
      }
      const refused = witness.refusal(error);
      return {
        ok: false,
        error: publicPgError(error),
        tries: attempt,
        ...(refused === undefined ? {} : { refused }),
      };
    } finally {
      await undo();
    }
  }
}

/**
 * invalid_transaction_termination (a procedure that commits), active_sql_transaction (VACUUM and the like): only a block of
 * ours can bring them about where the script has none. A script of several transactions may fail in one for any reason, such as
 * a cursor that is declared in each.
 */
const REFUSED_IN_BLOCK = new Set<string | undefined>(['2D000', '25001']);

function mayBeOurTransaction({ commands }: ParsedScript, { sqlstate }: PublicPgError): boolean {
  if (REFUSED_IN_BLOCK.has(sqlstate ?? undefined)) return true;
  let transactions = 0;
  let isOpen = false;
  const own = sqlOf(commands);
  for (const { transaction } of own) {
    if (transaction === 'begin' || transaction === 'chain' || (!isOpen && transaction === undefined))
      transactions += 1;
    if (transaction !== undefined) isOpen = transaction === 'begin' || transaction === 'chain';
  }
  return transactions > 1 && own.some(({ transaction }) => transaction !== undefined);
}

function sqlOf(commands: readonly Command[]): SqlCommand[] {
  return commands.flatMap((command) => {
    if (command.kind === 'if') return command.branches.flatMap((branch) => sqlOf(branch.commands));
    return command.kind === 'sql' ? [command] : [];
  });
}

async function runAsInTraffic(
  { client, witness }: Session,
  script: ParsedScript,
  pools: SamplePools,
  random: Random,
  seed: number,
  { lockTimeoutMs, statementTimeoutMs }: OnceLimits,
): Promise<undefined> {
  const variables = initialVariables(script, pools, random, presets(seed, 0));
  await client.query(`SET lock_timeout = ${Math.ceil(lockTimeoutMs)}; ${atMost(statementTimeoutMs, false)}`);
  const query = (command: SqlCommand, values: (string | null)[]): Promise<SqlResult> => {
    witness.sent(command.text);
    return queryAsText(client, { text: command.text, values });
  };
  await runCommands(script.commands, { variables, random, query, pause: noPause });
  return undefined;
}

async function tryScript(
  { client, witness }: Session,
  script: ParsedScript,
  pools: SamplePools,
  random: Random,
  seed: number,
  { lockTimeoutMs, statementTimeoutMs }: OnceLimits,
): Promise<TableUse[] | undefined> {
  const variables = initialVariables(script, pools, random, presets(seed, 0));
  await client.query(
    `BEGIN; SET LOCAL lock_timeout = ${Math.ceil(lockTimeoutMs)}; ${atMost(statementTimeoutMs, true)}`,
  );
  const query = async (command: SqlCommand, values: (string | null)[]): Promise<SqlResult> => {
    if (command.transaction !== undefined) return { columns: [], firstRow: undefined };
    witness.sent(command.text);
    return queryAsText(client, { text: command.text, values });
  };
  await runCommands(script.commands, { variables, random, query, pause: noPause });
  if (!rollsBack(script.commands)) await client.query('SET CONSTRAINTS ALL IMMEDIATE');
  // Whatever went wrong with looking, the script did what it does.
  return client
    .query('SET LOCAL statement_timeout = 0')
    .then(() => tableUses(client, script))
    .catch(() => undefined);
}

/** Sets statement_timeout, but keeps one of the app's role or database that is shorter. */
function atMost(timeoutMs: number, isLocal: boolean): string {
  const ownMs = `extract(epoch from pg_catalog.current_setting('statement_timeout')::pg_catalog.interval) * 1000`;
  return `SELECT pg_catalog.set_config('statement_timeout',
    least(nullif(${ownMs}, 0), ${Math.ceil(timeoutMs)})::pg_catalog.int4::pg_catalog.text, ${isLocal})`;
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

async function discardAll(client: PgClient): Promise<void> {
  await client.query('ROLLBACK').catch(() => undefined);
  await client.query('DISCARD ALL').catch(() => undefined);
}
