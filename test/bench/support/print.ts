type Cell = string | number;

/** Prints a table with its columns as wide as they have to be: text to the left, numbers to the right. */
export function printTable(
  title: string,
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  const texts = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number): boolean => rows.every((row) => typeof row[column] === 'number');
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return isNumber(column) ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [head = [], ...body] = texts;
  process.stdout.write([`\n${title}`, line(head), rule, ...body.map(line), ''].join('\n'));
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The last line of a bench: its headline figures as one JSON object. Nothing may be printed after it. */
export function printHeadline(figures: Readonly<Record<string, number | string | boolean | null>>): void {
  process.stdout.write(`\n${JSON.stringify(figures)}\n`);
}
