import { DEFAULT_LIMITS } from '../../plan/schema/schema-limits.ts';
import { isDatabase, readableUrl } from '../../plan/snapshot-url.ts';
import { GuardedDump } from '../../snapshot/sources/postgres/guarded-dump.ts';
import { liveServer } from '../../snapshot/sources/postgres/live-server.ts';
import { SourceCut, unreachable } from '../../snapshot/sources/remote-source.ts';
import { generatorText } from './dump-text.ts';

const SCHEMA_ALONE = ['--schema-only', '--no-owner', '--no-privileges', '--no-publications'];

/** The URL in an environment variable, so that no password stands on a command line. */
export function serverUrl(
  name: string,
  env: NodeJS.ProcessEnv,
): { readonly url: string } | { readonly mistake: string } {
  if (!/^[A-Za-z_]\w*$/.test(name))
    return {
      mistake: 'is not the name of an environment variable, such as DATABASE_URL, that holds the URL',
    };
  const value = env[name];
  if (value === undefined || value === '')
    return { mistake: 'is not set; put the URL of the server into this environment variable' };
  if (!isDatabase(value)) return { mistake: 'does not hold a URL such as postgres://user@host/database' };
  return { url: readableUrl(value) };
}

/**
 * The tables of a server as SQL, without a row: read as carefully as a snapshot of a live server is.
 * @throws CONNECTION_FAILED, RESTORE_FAILED where no pg_dump is new enough, TIMED_OUT where it would have to wait
 */
export async function readServerSchema(url: string, signal: AbortSignal): Promise<string> {
  const server = liveServer(new URL(url), process.env);
  const work = { server, limits: DEFAULT_LIMITS, env: process.env, signal };
  try {
    const dump = await GuardedDump.begin(work, SCHEMA_ALONE);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of dump.bytes()) chunks.push(chunk);
      return generatorText(Buffer.concat(chunks).toString());
    } finally {
      await dump.close();
    }
  } catch (error) {
    throw error instanceof SourceCut ? unreachable(server.shown, error.message) : error;
  }
}
