import { withConnection, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { isConnectionLoss } from '../pg/pg-error.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { VersionScripts } from './compatibility.ts';

/** The app's versions, and as whom each connects. */
export interface AppScripts {
  /** In order of rollout. */
  readonly versions: readonly VersionScripts[];
  readonly logins: ReadonlyMap<string, PgEndpoint>;
}

/**
 * Looks as the app would, with a fresh connection for the versions of each login. A server that lets a version in no more, or ends the
 * session, is what other probes tell of.
 */
export async function asApp(
  { versions, logins }: AppScripts,
  look: (client: PgClient, own: readonly VersionScripts[]) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (const login of new Set(logins.values())) {
    const own = versions.filter(({ name }) => logins.get(name) === login);
    if (own.length === 0) continue;
    try {
      await withConnection(login, 'compatibility', (client) => look(client, own), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RehearsalError) && !isConnectionLoss(error)) throw error;
    }
  }
}
