import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { generatorText } from './dump-text.ts';
import { asError, RehearsalError } from '../../shared/errors.ts';

const run = promisify(execFile);
const PATIENCE_MS = 300_000;
const MOST_OUTPUT_BYTES = 256 * 1024 ** 2;

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
  if (!URL.canParse(value) || !/^postgres(?:ql)?:$/.test(new URL(value).protocol))
    return { mistake: 'does not hold a URL such as postgres://user@host/database' };
  return { url: value };
}

/**
 * The tables of a server as SQL, without a row. It is only read, by `pg_dump`.
 * @throws CONNECTION_FAILED
 */
export async function readServerSchema(url: string, signal: AbortSignal): Promise<string> {
  const args = ['--schema-only', '--no-owner', '--no-privileges', '--no-publications', '--no-subscriptions'];
  try {
    const { stdout } = await run('pg_dump', args, {
      env: { ...process.env, ...connectionOf(url) },
      signal,
      timeout: PATIENCE_MS,
      maxBuffer: MOST_OUTPUT_BYTES,
    });
    return generatorText(stdout);
  } catch (cause) {
    signal.throwIfAborted();
    throw new RehearsalError('CONNECTION_FAILED', `pg_dump could not read the schema: ${whyOf(cause)}`, {
      hint: 'it has to be on PATH, as new as the server, and the user has to be allowed to read the tables',
    });
  }
}

function connectionOf(url: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const ssl = searchParams.get('sslmode');
  return {
    PGHOST: searchParams.get('host') ?? decodeURIComponent(hostname),
    ...(port !== '' && { PGPORT: port }),
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...(ssl !== null && { PGSSLMODE: ssl }),
  };
}

/** What pg_dump says first; it does not repeat passwords. */
function whyOf(cause: unknown): string {
  const error = asError(cause) as NodeJS.ErrnoException & { readonly stderr?: string };
  if (error.code === 'ENOENT') return 'there is no pg_dump on PATH';
  const [first = ''] = error.stderr?.trim().split('\n') ?? [];
  return first === '' ? `it ended with ${String(error.code)}` : first.replace(/^pg_dump: (?:error: )?/, '');
}
