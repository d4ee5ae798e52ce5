import { relative, resolve } from 'node:path';
import { isDatabase, urlMistakes } from '../../plan/snapshot-url.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { formatBytes, plural } from '../../shared/text/format.ts';
import { takeSnapshot } from '../../snapshot/folder/take-snapshot.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignals } from '../run/interrupt.ts';

export interface TakeFlags {
  readonly to: string;
  readonly jobs: string;
  /** False = `--no-rows`. */
  readonly rows: boolean;
}

const MOST_JOBS = 64;

/** Dumps a live server into a folder that a rehearsal may name. @throws USAGE, and as `takeSnapshot` */
export async function take(
  source: string,
  { to, jobs, rows }: TakeFlags,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  const url = databaseOf(source, io.env);
  const count = Number(jobs);
  if (!Number.isInteger(count) || count < 1 || count > MOST_JOBS)
    throw new RehearsalError('USAGE', `--jobs ${jobs} is not a number from 1 to ${MOST_JOBS}`);
  const stop = new AbortController();
  const release = abortOnSignals(context, stop, () => undefined);
  try {
    const taken = await takeSnapshot({
      url,
      env: io.env,
      to: resolve(io.cwd, to),
      jobs: count,
      withoutRows: !rows,
      signal: stop.signal,
      onNote: (message) => {
        out.note(message);
      },
    });
    const { notes, tables, database } = taken.facts;
    for (const note of notes) out.note(note);
    const what = `${plural(tables.length, 'table')}${rows ? '' : ' without rows'}, ${formatBytes(database.bytes)} there, ${formatBytes(taken.bytes)} here`;
    out.result(`wrote ${relative(io.cwd, resolve(io.cwd, to)) || '.'}: ${what}`);
    return EXIT.ok;
  } finally {
    release();
  }
}

/**
 * A URL without a password, or the name of an environment variable that holds one: arguments are seen by everybody on the machine.
 * @throws USAGE
 */
function databaseOf(source: string, env: NodeJS.ProcessEnv): URL {
  const isName = /^[A-Za-z_]\w*$/.test(source);
  const written = isName ? (env[source] ?? '') : source;
  const shown = isName ? `the value of ${source}` : 'the source';
  const hint = 'write postgres://user@host/database, or the name of an environment variable that holds it';
  if (!isDatabase(written))
    throw new RehearsalError('USAGE', `${shown} is not the URL of a database`, { hint });
  const wrong = urlMistakes(written, isName ? [written] : []).map((one) =>
    one.startsWith('has a secret')
      ? 'has a password in it, which everybody on this machine can see; put the URL into an environment variable and name that, or use PGPASSWORD or the password file of libpq'
      : one,
  );
  if (wrong.length > 0) throw new RehearsalError('USAGE', `${shown} ${wrong.join('; it ')}`, { hint });
  return new URL(written);
}
