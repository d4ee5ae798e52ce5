import { resolve } from 'node:path';
import { driftReasons } from '../../checks/result/drift/drift-reasons.ts';
import type { DriftReason } from '../../checks/result/contract/result-drift.ts';
import { changeText } from '../../report/facts/drift-facts.ts';
import { EXIT } from '../../shared/errors.ts';
import { formatBytes, formatCount, formatMs, plural } from '../../shared/text/format.ts';
import { driftFromStatistics } from '../../snapshot/drift/drift-from-statistics.ts';
import { growthOf, grownBytes } from '../../snapshot/folder/growth.ts';
import { readFactsOf, readStatisticsOf, rowsOf } from '../../snapshot/folder/manifest.ts';
import type { CliContext } from '../context.ts';
import { plainText } from '../output/plain-text.ts';
import { MOST_TABLES, printTable, UNKNOWN } from './tables.ts';

const DAY_MS = 86_400_000;
/** Shorter spans are told in hours. */
const DAYS_FROM = 2;

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
  const rowsIn = await Promise.all([before, after].map((folder) => rowsOf(resolve(io.cwd, folder), folder)));
  const shape = await shapeChanges(io.cwd, before, after);
  if (json) {
    out.document({ schemaVersion: 1, ...growth, rowsIn, shape });
    return EXIT.ok;
  }
  const { days, bytesBefore, bytesAfter, tables, changed } = growth;
  out.result(`${formatBytes(bytesBefore)} → ${formatBytes(bytesAfter)} ${spanText(days)}`);
  if (days < 0) out.note(`${before} was taken later than ${after}`);
  for (const line of changed) out.result(plainText(line));
  if (rowsIn[0] !== rowsIn[1]) out.result(`rows: ${rowsIn.join(' → ')}`);
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
  for (const { table, ...change } of shape.slice(0, MOST_TABLES))
    out.result(plainText(`${table}: ${changeText(change)}`));
  if (shape.length > MOST_TABLES)
    out.note(`and ${plural(shape.length - MOST_TABLES, 'difference')} more of columns; --json has all`);
  return EXIT.ok;
}

/** `in 31 days`, `in 2 h 5 min`; of one that was taken earlier, `31 days earlier`. */
function spanText(days: number): string {
  const span = Math.abs(days);
  const text = span < DAYS_FROM ? formatMs(span * DAY_MS) : plural(span, 'day');
  return days < 0 ? `${text} earlier` : `in ${text}`;
}

type ShapeChange = DriftReason & { readonly table: string };

/** What differs in the shape of the rows; empty where one of the two has no statistics. */
async function shapeChanges(cwd: string, before: string, after: string): Promise<ShapeChange[]> {
  const [old, now] = await Promise.all([
    readStatisticsOf(resolve(cwd, before), before),
    readStatisticsOf(resolve(cwd, after), after),
  ]);
  if (old === null || now === null) return [];
  return driftFromStatistics(old, now).tables.flatMap((table) => {
    const reasons = driftReasons(table).filter(({ what }) => what !== 'rows');
    const once = new Map(reasons.map((reason) => [`${reason.what} ${reason.column ?? ''}`, reason]));
    return [...once.values()].map((reason) => ({ table: table.name, ...reason }));
  });
}

function pair(before: number | null, after: number | null, say: (value: number) => string): string {
  return [before, after].map((value) => (value === null ? UNKNOWN : say(value))).join(' → ');
}
