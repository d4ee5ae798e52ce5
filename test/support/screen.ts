/**
 * As much of a terminal as the progress block needs: text, line ends, wrapping, moving up, clearing, hiding the cursor. What it
 * does not know throws, so that a test sees every sequence that is written.
 */
export class Screen {
  columns: number;
  cursorVisible = true;
  #rows: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    for (const [token] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|[^]/gu)) {
      if (token.startsWith('\u001b[')) this.#control(token.slice(2));
      else this.#put(token);
    }
  }

  /** A narrower window wraps what no longer fits, as terminals that reflow do. */
  resize(columns: number): void {
    const rows = this.#rows.flatMap((row) => row.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
    this.#row += rows.length - this.#rows.length;
    this.#rows = rows;
    this.columns = columns;
  }

  text(): string {
    return this.#rows
      .map((row) => row.trimEnd())
      .join('\n')
      .trimEnd();
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down();
    else {
      if (this.#column >= this.columns) this.#down();
      const row = (this.#rows[this.#row] ?? '').padEnd(this.#column);
      this.#rows[this.#row] = row.slice(0, this.#column) + character + row.slice(this.#column + 1);
      this.#column += 1;
    }
  }

  #down(): void {
    this.#row += 1;
    this.#column = 0;
    this.#rows[this.#row] ??= '';
  }

  #control(sequence: string): void {
    const count = Number(/^\d+/.exec(sequence)?.[0] ?? 1);
    if (sequence === '?25l') this.cursorVisible = false;
    else if (sequence === '?25h') this.cursorVisible = true;
    else if (sequence.endsWith('A')) this.#row = Math.max(0, this.#row - count);
    else if (sequence === 'K') this.#rows[this.#row] = (this.#rows[this.#row] ?? '').slice(0, this.#column);
    else if (sequence === 'J') {
      this.#rows[this.#row] = (this.#rows[this.#row] ?? '').slice(0, this.#column);
      this.#rows.length = this.#row + 1;
    } else if (!sequence.endsWith('m')) throw new Error(`unknown control sequence ${sequence}`);
  }
}
