import { relative, resolve } from 'node:path';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { formatBytes, plural } from '../../shared/text/format.ts';
import { takeSnapshot } from '../../snapshot/folder/take-snapshot.ts';
import type { CliContext } from '../context.ts';
import { databaseOf } from '../named-database.ts';
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
