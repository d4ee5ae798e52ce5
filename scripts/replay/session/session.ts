import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { isConnectionLoss, sqlstateOf } from '../../pg/pg-error.ts';
import type { Step } from '../../plan/model.ts';
import { asError } from '../../shared/errors.ts';
import { Notices } from './notices.ts';
import { StepFailure, stepErrorAt } from './step-failure.ts';

/** Settings of the migration's session that decide how it waits and dies, as far as the server has them. */
const SHOWN = `
  select name, pg_catalog.current_setting(name) as value
    from pg_catalog.unnest(array['lock_timeout', 'statement_timeout', 'deadlock_timeout', 'transaction_timeout',
                                 'idle_in_transaction_session_timeout', 'idle_session_timeout']) as name
   where pg_catalog.current_setting(name, true) is not null`;

export interface MigrationSession {
  readonly client: PgClient;
  readonly pid: number;
  readonly notices: Notices;
  readonly shown: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * A fresh connection for one step, as a migration tool would open it, with the step's own timeouts set and read back.
 * It pipelines: what is sent without waiting goes out in one flight, each query still on its own.
 */
export async function openSession(
  endpoint: PgEndpoint,
  step: Pick<Step, 'lockTimeoutMs' | 'statementTimeoutMs'>,
  signal: AbortSignal,
): Promise<MigrationSession> {
  const client = await enter(endpoint, signal);
  const notices = new Notices(client);
  const cancel = (): void => {
    client.end().catch(() => undefined);
    // end() waits for what is in flight; destroying the socket does not, and the server then cancels by itself.
    client.connection.stream.destroy();
  };
  signal.addEventListener('abort', cancel, { once: true });
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', cancel);
    await closeQuietly(client);
  };
  try {
    for (const [name, value] of timeouts(step)) {
      await client.query('select set_config($1, $2, false)', [name, `${Math.round(value)}ms`]);
    }
    return { client, notices, pid: await backendPid(client), shown: await show(client), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws StepFailure where the server is there and does not let the plan in: what the plan did before can be the cause */
async function enter(endpoint: PgEndpoint, signal: AbortSignal): Promise<PgClient> {
  try {
    return await connect(endpoint, 'migration', { pipeline: true, signal });
  } catch (error) {
    const { cause } = asError(error);
    if (sqlstateOf(cause) === undefined || isConnectionLoss(cause)) throw error;
    throw new StepFailure(stepErrorAt(cause, null), cause);
  }
}

function timeouts(step: Pick<Step, 'lockTimeoutMs' | 'statementTimeoutMs'>): [string, number][] {
  const wanted: [string, number | undefined][] = [
    ['lock_timeout', step.lockTimeoutMs],
    ['statement_timeout', step.statementTimeoutMs],
  ];
  return wanted.filter((entry): entry is [string, number] => entry[1] !== undefined);
}

async function backendPid(client: PgClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

async function show(client: PgClient): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; value: string }>(SHOWN);
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
