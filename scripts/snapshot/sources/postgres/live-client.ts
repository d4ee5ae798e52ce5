import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { guard } from '../../../pg/messages/guard.ts';
import { sqlstateOf } from '../../../pg/pg-error.ts';
import { asError } from '../../../shared/errors.ts';
import { refused, SourceCut } from '../remote-source.ts';
import type { LiveServer } from './live-server.ts';
import { passwordInFile } from './password-file.ts';

const CONNECT_MS = 15_000;
const ANSWER_MS = 5_000;
/** For a session that only looks: it neither waits nor writes. */
const LOOKING =
  '-c statement_timeout=5s -c lock_timeout=500ms -c default_transaction_read_only=on -c search_path=pg_catalog';
/** SQLSTATEs of another try: too many connections, starting up or shutting down, the connection's own. */
const TRY_AGAIN = /^(53300|57P0[123]|08...)$/;

/**
 * A session that looks at a live server.
 * @throws CONNECTION_FAILED where the server lets nobody in by this name, SourceCut where it may do so later
 */
export async function connectLive(server: LiveServer, applicationName: string): Promise<pg.Client> {
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

/** As libpq does by `sslmode` (PostgreSQL, "SSL Mode Descriptions"): one way after the other. */
async function tlsWays({ host, tls }: LiveServer): Promise<(false | ConnectionOptions)[]> {
  const { sslmode = 'prefer', sslrootcert, sslcert, sslkey } = tls;
  if (sslmode === 'disable' || host.startsWith('/')) return [false];
  const [ca, cert, key] = await Promise.all(
    [sslrootcert === 'system' ? undefined : sslrootcert, sslcert, sslkey].map(
      async (path) => path && (await readFile(path, 'utf8')),
    ),
  );
  const own = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  if (sslmode === 'verify-full') return [own];
  const anyName = { ...own, checkServerIdentity: () => undefined };
  if (sslmode === 'verify-ca' || (sslmode === 'require' && ca !== undefined)) return [anyName];
  const unchecked = { ...own, rejectUnauthorized: false };
  return sslmode === 'require' ? [unchecked] : [unchecked, false];
}
