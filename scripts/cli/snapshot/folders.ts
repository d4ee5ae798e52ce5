import { resolve } from 'node:path';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { formatBytes, formatCount, formatShare, plural } from '../../shared/text/format.ts';
import { growthOf, grownBytes } from '../../snapshot/folder/growth.ts';
import { manifestMistakes, readFactsOf, readManifest } from '../../snapshot/folder/manifest.ts';
import type { SnapshotFacts } from '../../plan/production/snapshot-facts.ts';
import type { CliContext } from '../context.ts';
import { plainText } from '../output/plain-text.ts';
import { tableLines } from '../output/table-lines.ts';

const MOST_TABLES = 20;
const UNKNOWN = '–';

/** Prints what a snapshot folder holds. @throws SNAPSHOT_INVALID */
export async function inspect(folder: string, json: boolean, context: CliContext): Promise<number> {
  const { io, out } = context;
  const path = resolve(io.cwd, folder);
  const facts = await readFactsOf(path, folder);
  await readManifest(path, folder);
  if (json) {
    out.document({ schemaVersion: 1, ...facts });
    return EXIT.ok;
  }
  for (const line of headOf(facts)) out.result(plainText(line));
  printTable(context, ['TABLE', 'ROWS', 'HEAP', 'TOAST', 'INDEXES', 'BLOAT'], tableRows(facts));
  const left = facts.tables.length - MOST_TABLES;
  if (left > 0) out.note(`and ${plural(left, 'smaller table')}; --json has all`);
  return EXIT.ok;
}

function headOf({
  source,
  takenAt,
  server,
  database,
  settings,
  extensions,
  statements,
  notes,
}: SnapshotFacts): string[] {
  const collation = database.collationVersion === null ? '' : ` ${database.collationVersion}`;
  return [
    `${source}, taken ${takenAt}`,
    `${server.build}${server.isReplica ? ' (a replica)' : ''}`,
    `${formatBytes(database.bytes)}, ${database.encoding}, collation ${database.collate}${collation}`,
    `extensions: ${
      Object.entries(extensions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ') || 'none'
    }`,
    `settings: ${
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}`)
        .join(', ') || 'as PostgreSQL comes'
    }`,
    statements === null
      ? 'pg_stat_statements: not there'
      : `pg_stat_statements: ${plural(statements.length, 'statement')}`,
    ...notes,
  ];
}

function tableRows({ tables }: SnapshotFacts): string[][] {
  const total = (one: SnapshotFacts['tables'][number]): number =>
    one.heapBytes + one.toastBytes + one.indexBytes;
  const largest = [...tables].sort((a, b) => total(b) - total(a)).slice(0, MOST_TABLES);
  return largest.map(({ name, rows, heapBytes, toastBytes, indexBytes, bloatShare }) => [
    plainText(name),
    rows === null ? UNKNOWN : formatCount(rows),
    formatBytes(heapBytes),
    formatBytes(toastBytes),
    formatBytes(indexBytes),
    bloatShare === null ? UNKNOWN : formatShare(bloatShare),
  ]);
}

/** Proves that every file is as it was taken. @throws SNAPSHOT_INVALID with all that is not */
export async function verify(folder: string, { io, out }: CliContext): Promise<number> {
  const path = resolve(io.cwd, folder);
  const mistakes = await manifestMistakes(path, folder, new AbortController().signal);
  if (mistakes.length > 0)
    throw new RehearsalError('SNAPSHOT_INVALID', `${folder} is not as it was taken: ${mistakes.join('; ')}`, {
      hint: 'copy the folder again, or take the snapshot again',
    });
  const { files } = await readManifest(path, folder);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  out.result(`${folder}: ${plural(files.length, 'file')}, ${formatBytes(bytes)}, as taken`);
  return EXIT.ok;
}

/** Prints how production grew from one snapshot to a later one. @throws SNAPSHOT_INVALID */
export async function compare(
  [before, after]: readonly [string, string],
  json: boolean,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  const [old, now] = await Promise.all([
    readFactsOf(resolve(io.cwd, before), before),
    readFactsOf(resolve(io.cwd, after), after),
  ]);
  const growth = growthOf(old, now);
  if (json) {
    out.document({ schemaVersion: 1, ...growth });
    return EXIT.ok;
  }
  const { days, bytesBefore, bytesAfter, tables, changed } = growth;
  out.result(
    `${formatBytes(bytesBefore)} → ${formatBytes(bytesAfter)} in ${plural(Math.round(days * 10) / 10, 'day')}`,
  );
  for (const line of changed) out.result(plainText(line));
  const rows = tables
    .slice(0, MOST_TABLES)
    .map((table) => [
      plainText(table.name),
      pair(table.rowsBefore, table.rowsAfter, formatCount),
      pair(table.bytesBefore, table.bytesAfter, formatBytes),
      `${grownBytes(table) > 0 ? '+' : ''}${formatBytes(grownBytes(table))}`,
    ]);
  if (rows.length > 0) printTable(context, ['TABLE', 'ROWS', 'SIZE', 'GREW BY'], rows);
  if (tables.length > MOST_TABLES)
    out.note(`and ${plural(tables.length - MOST_TABLES, 'table')} more; --json has all`);
  return EXIT.ok;
}

function pair(before: number | null, after: number | null, say: (value: number) => string): string {
  return [before, after].map((value) => (value === null ? UNKNOWN : say(value))).join(' → ');
}

function printTable({ io, out }: CliContext, header: readonly string[], rows: readonly string[][]): void {
  const width = io.stdoutIsTTY === true ? io.columns : Infinity;
  for (const line of tableLines([header, ...rows], width)) out.result(line);
}
