import { DEFAULT_LIMITS, type LiveLimits } from '../../plan/schema/schema-limits.ts';
import { GuardedDump } from './postgres/guarded-dump.ts';
import { liveServer, type LiveServer } from './postgres/live-server.ts';
import { connectLive } from './postgres/live-client.ts';
import { SourceCut, type RemoteSource } from './remote-source.ts';

/** What comes is read by this process at once: to compress it would only make the dump's snapshot last longer. */
const STREAMED = ['--format=custom', '--compress=0'];

/** Its own limit is told by its own words. */
const GRACE_MS = 60_000;

/** A database of a live server, as pg_dump of this machine reads it: each reading is another content. */
export function postgresSource(
  url: URL,
  env: NodeJS.ProcessEnv,
  limits: LiveLimits = DEFAULT_LIMITS,
): RemoteSource {
  const server = liveServer(url, env);
  let dump: GuardedDump | undefined;
  return {
    shown: server.shown,
    resumes: false,
    isLive: true,
    quietMs: limits.duration + GRACE_MS,
    async open(_from, signal, onNote) {
      dump = await GuardedDump.begin({ server, limits, env, signal, onNote }, STREAMED);
      return { bytes: dump.bytes(), startsAt: 0, sizeBytes: null, version: null };
    },
    databaseBytes: () => databaseBytes(server),
    notes: () => dump?.notes ?? [],
    close: () => dump?.close(),
  };
}

/** @throws CONNECTION_FAILED; who cannot be reached at the moment is told by the reading, which tries again */
async function databaseBytes(server: LiveServer): Promise<number | undefined> {
  try {
    const client = await connectLive(server, 'rehearse/snapshot-size');
    try {
      const { rows } = await client.query<{ bytes: string }>(
        'select pg_database_size(current_database()) as bytes',
      );
      return Number(rows[0]?.bytes);
    } finally {
      await client.end().catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof SourceCut) return undefined;
    throw error;
  }
}
