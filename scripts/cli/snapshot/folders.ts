import { resolve } from 'node:path';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { formatBytes, formatCount, formatMs, formatShare, plural } from '../../shared/text/format.ts';
import {
  manifestMistakes,
  readFactsOf,
  readManifest,
  readStatisticsOf,
  rowsOf,
} from '../../snapshot/folder/manifest.ts';
import type { Statistics } from '../../plan/statistics/statistics.ts';
import type { SnapshotFacts } from '../../plan/production/snapshot-facts.ts';
import type { CliContext } from '../context.ts';
import { plainText } from '../output/plain-text.ts';
import { MOST_TABLES, printTable, UNKNOWN } from './tables.ts';

/** Prints what a snapshot folder holds. @throws SNAPSHOT_INVALID */
export async function inspect(folder: string, json: boolean, context: CliContext): Promise<number> {
  const { io, out } = context;
  const path = resolve(io.cwd, folder);
  const facts = await readFactsOf(path, folder);
  const statistics = await readStatisticsOf(path, folder);
  const rows = await rowsOf(path, folder);
  if (json) {
    out.document({ schemaVersion: 1, rows, ...facts, statistics });
    return EXIT.ok;
  }
  for (const line of [...headOf(facts), statisticsLine(statistics), `rows: ${rows}`])
    out.result(plainText(line));
  printTable(context, ['TABLE', 'ROWS', 'HEAP', 'TOAST', 'INDEXES', 'BLOAT'], tableRows(facts));
  if (facts.indexes.length > 0)
    printTable(context, ['INDEX', 'OF', 'KIND', 'SIZE', 'SCANS', 'BLOAT'], indexRows(facts));
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
  activity,
  notes,
}: SnapshotFacts): string[] {
  const { hardware } = server;
  const collation = database.collationVersion === null ? '' : ` ${database.collationVersion}`;
  return [
    `${source}, taken ${takenAt}`,
    `${server.build}${server.isReplica ? ' (a replica)' : ''}`,
    `${formatBytes(database.bytes)}, ${database.encoding}, collation ${database.collate}${collation}`,
    hardware === null
      ? 'machine: not told by the server'
      : `machine: ${plural(hardware.cpus, 'processor')}, ${formatBytes(hardware.memoryBytes)} memory`,
    activity === null
      ? 'transactions: not long enough to tell'
      : `transactions: ${activity.transactionsPerSec.toFixed(1)} a second, the average of ${formatMs(activity.seconds * 1000)} (${activity.during})`,
    ...(database.freezeAge === null
      ? []
      : [`oldest row: ${formatCount(database.freezeAge)} transactions ago`]),
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

function statisticsLine(statistics: Statistics | null): string {
  if (statistics === null) return 'statistics: not taken';
  const { tables } = statistics;
  const known = tables.filter(({ rows }) => rows !== null).length;
  const columns = tables.reduce((sum, table) => sum + table.columns.length, 0);
  return `statistics: ${formatCount(known)} of ${plural(tables.length, 'table')} analysed, ${plural(columns, 'column')}`;
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

function indexRows({ indexes }: SnapshotFacts): string[][] {
  const largest = [...indexes].sort((a, b) => b.bytes - a.bytes).slice(0, MOST_TABLES);
  return largest.map(({ name, table, method, isUnique, isValid, bytes, scans, bloatShare }) => [
    plainText(name),
    plainText(table),
    `${isUnique ? 'unique ' : ''}${method}${isValid ? '' : ', invalid'}`,
    formatBytes(bytes),
    formatCount(scans),
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
  const { files, rows } = await readManifest(path, folder);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  out.result(
    `${folder}: ${plural(files.length, 'file')}, ${formatBytes(bytes)}, as taken${rows === undefined ? '' : ', without rows'}`,
  );
  return EXIT.ok;
}
