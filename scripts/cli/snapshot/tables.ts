import type { CliContext } from '../context.ts';
import { tableLines } from '../output/table-lines.ts';

export const MOST_TABLES = 20;
export const UNKNOWN = '–';

export function printTable(
  { io, out }: CliContext,
  header: readonly string[],
  rows: readonly string[][],
): void {
  const width = io.stdoutIsTTY === true ? io.columns : Infinity;
  for (const line of tableLines([header, ...rows], width)) out.result(line);
}
