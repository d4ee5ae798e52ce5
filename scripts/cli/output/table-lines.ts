import { displayWidth, padTo, truncate } from './display-width.ts';

/** Rows in columns as wide as their widest cell; the last column is cut to what `width` leaves. No lines, no colours. */
export function tableLines(rows: readonly (readonly string[])[], width = Infinity): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell))));
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column < row.length - 1 ? padTo(cell, widths[column] ?? 0) : cell,
    );
    return truncate(cells.join('  ').trimEnd(), width);
  });
}
