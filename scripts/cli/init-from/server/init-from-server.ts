import { join, relative } from 'node:path';
import type { SnapshotSource } from '../../../plan/model.ts';
import type { Statistics } from '../../../plan/statistics/statistics.ts';
import { EXIT, RehearsalError } from '../../../shared/errors.ts';
import { formatBytes, plural } from '../../../shared/text/format.ts';
import { DUMP, readStatisticsOf } from '../../../snapshot/folder/manifest.ts';
import { takeSnapshot } from '../../../snapshot/folder/take-snapshot.ts';
import type { CliContext } from '../../context.ts';
import { abortOnSignals } from '../../run/interrupt.ts';
import { asDraft, writeFiles } from '../draft.ts';
import { NOTHING_TO_ASK } from '../files-of.ts';
import { readAskedOfServer, type AskedOfServer, type InitFromServerOptions } from './ask-server.ts';
import { lookAtRows } from './look-at-rows.ts';
import { serverYaml, SNAPSHOT_FOLDER } from './server-yaml.ts';

const JOBS = 2;
/** What a rehearsal makes of a larger database at first, in bytes of production. */
const MADE_BYTES = 1024 ** 3;
/** So many are enough to see requests run. */
const LOOKED_AT_ROWS = 50_000;
const LEAST_SCALE = 0.000_001;
/** Of a folder with rows, also while it is taken. */
const IGNORED = `# Rows of production\n/${SNAPSHOT_FOLDER}/\n/.${SNAPSHOT_FOLDER}.*/\n`;

/**
 * Writes a rehearsal of a live server's database, with a snapshot folder in it, without rows unless they are asked for. Its plan does
 * nothing yet.
 * @throws InputError with every mistake, and as `takeSnapshot` and `restoreSnapshot`; nothing is written then
 */
export async function initFromServer(
  name: string | undefined,
  options: InitFromServerOptions,
  root: string,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  const asked = readAskedOfServer(name, options, { cwd: io.cwd, root, env: io.env });
  const stop = new AbortController();
  const release = abortOnSignals(context, stop, () => undefined);
  try {
    const notes = await asDraft(asked.dir, (draft) => fill(draft, asked, context, stop.signal));
    for (const note of notes) out.note(note);
    const shown = relative(io.cwd, asked.dir);
    out.result(`wrote ${shown}`);
    out.note(
      `next: write your release into ${shown}/rehearsal.yaml; rehearse check ${shown} lists what is guessed`,
    );
    return EXIT.ok;
  } finally {
    release();
  }
}

async function fill(
  draft: string,
  asked: AskedOfServer,
  { io, out }: CliContext,
  signal: AbortSignal,
): Promise<string[]> {
  const { url, withRows, shown } = asked;
  if (withRows) await writeFiles(draft, new Map([['.gitignore', IGNORED]]));
  const folder = join(draft, SNAPSHOT_FOLDER);
  const onNote = (message: string): void => {
    out.note(message);
  };
  const work = { url, env: io.env, to: folder, jobs: JOBS, withoutRows: !withRows, signal, onNote };
  const { facts, bytes } = await takeSnapshot(work);
  out.note(`took ${plural(facts.tables.length, 'table')} of ${shown}, ${formatBytes(bytes)} here`);
  const statistics = await readStatisticsOf(folder, SNAPSHOT_FOLDER);
  const scale = Math.max(LEAST_SCALE, Number(Math.min(1, MADE_BYTES / facts.database.bytes).toPrecision(1)));
  const source = sourceOf(join(folder, DUMP), asked, statistics, { scale, takenAt: facts.takenAt });
  const scripts = await lookAtRows(source, draft, signal);
  const files = new Map([['rehearsal.yaml', serverYaml(asked, facts, scale)]]);
  for (const { name, text } of scripts.length === 0 ? [NOTHING_TO_ASK] : scripts)
    files.set(`workload/app/${name}`, text);
  await writeFiles(draft, files);
  return withRows ? [] : unknownTables(statistics);
}

/** @throws SNAPSHOT_INVALID where no rows can be made, for nobody knows how many there are */
function sourceOf(
  path: string,
  { withRows, shown }: AskedOfServer,
  statistics: Statistics | null,
  { scale, takenAt }: { readonly scale: number; readonly takenAt: string },
): SnapshotSource {
  if (withRows) return { kind: 'file', path };
  const rows = statistics?.tables.reduce((sum, table) => sum + (table.rows ?? 0), 0) ?? 0;
  if (statistics === null || rows === 0)
    throw new RehearsalError('SNAPSHOT_INVALID', `${shown} knows of no rows in any table`, {
      hint: 'run ANALYZE there, of which statistics come; or take the rows too (--data)',
    });
  const looked = Math.max(LEAST_SCALE, Math.min(scale, LOOKED_AT_ROWS / rows));
  return { kind: 'synthetic', path, statistics, scale: looked, seed: 1, takenAt };
}

const MOST_NAMED = 5;

function unknownTables(statistics: Statistics | null): string[] {
  const unknown = statistics?.tables.filter(({ rows }) => rows === null) ?? [];
  if (unknown.length === 0) return [];
  const names = unknown.slice(0, MOST_NAMED).map(({ schema, table }) => `${schema}.${table}`);
  const more = unknown.length - names.length;
  return [
    `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} will have no rows: nobody has run ANALYZE on ${unknown.length === 1 ? 'it' : 'them'}`,
  ];
}
