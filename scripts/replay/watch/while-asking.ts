import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import { sqlstateOf } from '../../pg/pg-error.ts';
import type { Step, VerifyStep, VerifyWatch } from '../../plan/model.ts';
import { sleep } from '../../shared/clock.ts';
import type { StepContext } from '../context.ts';
import { readStatements } from '../session/read-statements.ts';

/** A question that says nothing of its own time must not hold up the step behind for longer. */
const LONGEST_ASKING_MS = 30_000;
/** An answer that the server gave up on arrives a little later than its limit. */
const ANSWER_ARRIVES_MS = 5000;
/** Whoever stands behind a lock of the plan gives way; the next asking comes soon. */
const LONGEST_LOCK_WAIT_MS = 1000;

type Watching = VerifyStep & { readonly watch: VerifyWatch };
type Context = Pick<StepContext, 'rehearsal' | 'login' | 'clock' | 'steps' | 'signal'>;

/** Settles like `work`; meanwhile the verify steps that watch this step ask their questions again and again. */
export async function whileAsking<T>(step: Step, context: Context, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const asking = context.rehearsal.plan
    .filter(
      (one): one is Watching => one.kind === 'verify' && one.watch?.through.includes(step.name) === true,
    )
    .map((one) => askUntil(over.signal, one, step, context));
  try {
    return await work();
  } finally {
    over.abort(new Error('the step has ended'));
    await Promise.all(asking);
  }
}

/** Asks once more when the step has ended. What goes wrong with a question is on record and ends nothing: no answer is no agreement either. */
async function askUntil(over: AbortSignal, verify: Watching, during: Step, context: Context): Promise<void> {
  const { clock, steps, signal } = context;
  let client: PgClient | undefined;
  try {
    for (let isLast = false; !isLast;) {
      isLast = over.aborted;
      const fromMs = clock.now();
      let answer: { rows: number | null; sqlstate: string | null };
      try {
        client ??= await enter(verify, context);
        answer = { rows: await found(client, verify), sqlstate: null };
      } catch (error) {
        answer = { rows: null, sqlstate: sqlstateOf(error) ?? null };
        if (client !== undefined) await closeQuietly(client);
        client = undefined;
      }
      if (signal.aborted) return;
      steps.write({
        type: 'asked',
        step: verify.name,
        during: during.name,
        fromMs,
        tMs: clock.now(),
        ...answer,
      });
      const pauseMs = Math.max(0, verify.watch.everyMs - (clock.now() - fromMs));
      await sleep(pauseMs, AbortSignal.any([over, signal])).catch(() => undefined);
    }
  } finally {
    if (client !== undefined) await closeQuietly(client);
  }
}

/** Somebody of the release who looks, and changes nothing. */
async function enter(verify: Watching, { login, signal }: Context): Promise<PgClient> {
  const longestMs = verify.statementTimeoutMs ?? LONGEST_ASKING_MS;
  const queryTimeoutMs = longestMs + ANSWER_ARRIVES_MS;
  const client = await connect(login, 'actor/verify', { signal, queryTimeoutMs });
  try {
    for (const [name, value] of [
      ['statement_timeout', `${Math.round(longestMs)}ms`],
      ['lock_timeout', `${Math.round(verify.lockTimeoutMs ?? LONGEST_LOCK_WAIT_MS)}ms`],
      ['default_transaction_read_only', 'on'],
    ])
      await client.query('select pg_catalog.set_config($1, $2, false)', [name, value]);
    return client;
  } catch (error) {
    await closeQuietly(client);
    throw error;
  }
}

/** All rows of all its questions; only their number leaves the server. */
async function found(client: PgClient, { files }: Watching): Promise<number> {
  let rows = 0;
  for (const file of files)
    for (const { text } of await readStatements(file)) {
      const counted = await client.query<{ rows: string }>(
        `select pg_catalog.count(*) as rows from (\n${text}\n) as asked`,
      );
      rows += Number(counted.rows[0]?.rows);
    }
  return rows;
}
