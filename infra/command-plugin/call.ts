import type { EngineLog } from '../provider-kit/engine-log.ts';
import type { OpenConnection } from '../ssh/open-connection.ts';
import type { Connection } from './connection.ts';
import { dial } from './dial.ts';

/** One call of the engine about one resource. */
export interface Call {
  readonly urn: string;
  readonly log: EngineLog;
  readonly signal: AbortSignal;
}

/** Does `work` on a host, and says goodbye to it whatever happens; the engine is told of each dial that failed. */
export async function withHost<T>(
  { log, urn, signal }: Call,
  connection: Connection,
  work: (host: OpenConnection) => Promise<T>,
): Promise<T> {
  const host = await dial(connection, signal, (line) => {
    log.status(urn, line);
  });
  try {
    return await work(host);
  } finally {
    await host.end();
  }
}
