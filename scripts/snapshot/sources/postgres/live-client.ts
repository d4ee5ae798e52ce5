import pg from 'pg';
import { guard } from '../../../pg/messages/guard.ts';
import { sqlstateOf } from '../../../pg/pg-error.ts';
import { asError } from '../../../shared/errors.ts';
import { refused, SourceCut } from '../remote-source.ts';
import type { LiveServer, Place } from './live-server.ts';
import { passwordInFile } from './password-file.ts';
import { tlsWays } from './tls-ways.ts';

const CONNECT_MS = 15_000;
const ANSWER_MS = 5_000;
/** For a session that only looks: it neither waits nor writes. */
const LOOKING =
  '-c statement_timeout=5s -c lock_timeout=500ms -c default_transaction_read_only=on -c search_path=pg_catalog';
/** SQLSTATEs of another try: too many connections, starting up or shutting down, the connection's own. */
const TRY_AGAIN = /^(53300|57P0[123]|08...)$/;

/** Of the wanted sessions, those that only a server takes that is, or is not, in recovery. What is read is as good in either. */
const IN_RECOVERY: Readonly<Partial<Record<LiveServer['wanted'], boolean>>> = {
  'read-write': false,
  primary: false,
  'read-only': true,
  standby: true,
  'prefer-standby': true,
};

/**
 * A session that looks at a live server: of several places at the first that is there and is what is wanted, as libpq does
 * (PostgreSQL, "Specifying Multiple Hosts").
 * @throws CONNECTION_FAILED where the server lets nobody in by this name, SourceCut where it may do so later
 */
export async function connectLive(server: LiveServer, applicationName: string): Promise<pg.Client> {
  const { host, port, others, wanted } = server;
  const places = [{ host, port }, ...others];
  const inRecovery = IN_RECOVERY[wanted];
  const rounds = wanted === 'prefer-standby' ? [inRecovery, undefined] : [inRecovery];
  let why = new SourceCut('no answer');
  for (const [round, place] of rounds.flatMap((each) => places.map((one) => [each, one] as const)))
    try {
      const client = await connectTo({ ...server, ...place }, applicationName);
      if (round === undefined || (await isInRecovery(client)) === round) return client;
      await client.end().catch(() => undefined);
      if (places.length === 1) throw notWanted(server);
      why = new SourceCut(`none of its hosts is ${wanted}`);
    } catch (error) {
      if (!(error instanceof SourceCut)) throw error;
      why = error;
    }
  throw why;
}

/** The same server, at the place where a session of it is. */
export function placedAt(server: LiveServer, { host, port }: Place): LiveServer {
  return { ...server, host, port, others: [] };
}

async function isInRecovery(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ recovers: boolean }>('select pg_is_in_recovery() as recovers');
  return rows[0]?.recovers === true;
}

function notWanted({ shown, wanted }: LiveServer): Error {
  return refused(shown, `it is not ${wanted}`, 'name another host, or another target_session_attrs');
}

async function connectTo(server: LiveServer, applicationName: string): Promise<pg.Client> {
  const ways = await tlsWays(server);
  for (const [index, ssl] of ways.entries()) {
    const { host, port, user, database, password } = server;
    const client = new pg.Client({
      host,
      port,
      user,
      database,
      password: () => password ?? passwordInFile(server),
      ssl,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      options: LOOKING,
      keepAlive: true,
    });
    guard(client, 'snapshot');
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const isLast = index === ways.length - 1;
      if (isLast || !/does not support SSL/i.test(asError(error).message)) throw notLetIn(server, error);
    }
  }
  throw new SourceCut('no answer');
}

function notLetIn({ shown, user }: LiveServer, thrown: unknown): Error {
  const { message } = asError(thrown);
  const sqlstate = sqlstateOf(thrown);
  if (sqlstate === undefined && !/certificate|SASL|self.signed|does not support SSL/i.test(message))
    return new SourceCut((thrown as NodeJS.ErrnoException).code ?? message);
  if (sqlstate !== undefined && TRY_AGAIN.test(sqlstate)) return new SourceCut(message);
  const why = sqlstate === undefined ? message : `${message} (${sqlstate})`;
  return refused(
    shown,
    why,
    `try it by hand, with the same password: psql --host=… --username=${user}; the password may stand in the URL as \${NAME}, in PGPASSWORD or in the password file of libpq`,
  );
}
