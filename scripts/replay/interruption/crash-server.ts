import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import { isConnectionLoss, sqlstateOf } from '../../pg/pg-error.ts';
import { sleep } from '../../shared/clock.ts';
import { asError, RehearsalError } from '../../shared/errors.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import type { StepContext } from '../context.ts';

/** The postmaster ends the other sessions as soon as it has seen the first one's end. */
const CRASHES_MS = 10_000;
/** Whoever watches the server gives it as long. */
const RECOVERS_MS = 30_000;
const PAUSE_MS = 20;

/**
 * Crashes the server by one of its processes: SIGQUIT is what an immediate stop sends to each (PostgreSQL's manual, Shutting Down the
 * Server), and the postmaster, which did not send it, ends all others likewise and recovers from the WAL.
 * @param client a superuser's; it ends with the server
 * @returns another one, and from when to when nobody could be connected
 * @throws RehearsalError where the server cannot be crashed by SQL, or does not come back
 */
export async function crashServer(
  client: PgClient,
  pid: number,
  { primary, clock, signal }: Pick<StepContext, 'primary' | 'clock' | 'signal'>,
): Promise<{ readonly client: PgClient; readonly down: Interval }> {
  await requireRestart(client);
  const lost = new Promise<true>((resolve) =>
    client.once('end', () => {
      resolve(true);
    }),
  );
  const fromMs = clock.now();
  try {
    // Where that one is gone by now, the parent of the program's shell, which runs this COPY, serves as well.
    await client.query(
      `copy (select where false) to program 'kill -QUIT ${Math.trunc(pid)} || kill -QUIT $PPID'`,
    );
  } catch (error) {
    if (!isConnectionLoss(error)) throw cannot(error);
  }
  if ((await Promise.race([lost, sleep(CRASHES_MS, signal)])) !== true)
    throw cannot(new Error('its sessions did not end'));
  await closeQuietly(client);
  for (;;) {
    try {
      const again = await connect(primary, 'probe', { signal });
      return { client: again, down: { fromMs, toMs: clock.now() } };
    } catch (error) {
      signal.throwIfAborted();
      if (clock.now() - fromMs > RECOVERS_MS) throw error;
      await sleep(PAUSE_MS, signal);
    }
  }
}

async function requireRestart(client: PgClient): Promise<void> {
  const { rows } = await client.query<{ on: boolean }>(
    "select pg_catalog.current_setting('restart_after_crash')::boolean as on",
  );
  if (rows[0]?.on === true) return;
  throw new RehearsalError(
    'CONFIG_INVALID',
    'restart_after_crash is off: a server that crashed would stay away',
    {
      hint: 'take it out of postgres.settings, or write how: [session, client] below interrupted',
    },
  );
}

function cannot(cause: unknown): RehearsalError {
  const state = sqlstateOf(cause);
  const why = state === undefined ? asError(cause).message : `COPY … TO PROGRAM was refused (${state})`;
  return new RehearsalError('TARGET_UNAVAILABLE', `the server could not be crashed on purpose: ${why}`, {
    hint: 'write how: [session, client] below interrupted',
    cause,
  });
}
