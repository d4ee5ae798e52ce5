import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../output/display-width.ts';
import type { Sink } from '../output/io.ts';

/** Control sequences of ECMA-48 as terminals understand them. */
const ESC = '\u001b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const CLEAR_TO_LINE_END = `${ESC}K`;
const CLEAR_TO_SCREEN_END = `${ESC}J`;

/** Redraws a block of lines in place. The cursor always rests at the start of the line under the block. */
export class BlockPainter {
  readonly #sink: Sink;
  readonly #columns: () => number;
  #lines: readonly string[] = [];
  #open = false;

  constructor(sink: Sink, columns: () => number) {
    this.#sink = sink;
    this.#columns = columns;
  }

  /** Shows `lines` in the place of what was shown before; nothing is written when they are the same. */
  paint(lines: readonly string[]): void {
    if (this.#open && lines.join('\n') === this.#lines.join('\n')) return;
    this.#write('', lines);
  }

  /** Puts `text` above the block, where it stays. */
  printAbove(text: string): void {
    const whole = text
      .split('\n')
      .map((line) => `${line}${CLEAR_TO_LINE_END}\n`)
      .join('');
    if (this.#open) this.#write(whole, this.#lines);
    else this.#sink.write(`${text}\n`);
  }

  /** Leaves the block as it stands and gives the cursor back. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#lines = [];
    this.#sink.write(SHOW_CURSOR);
  }

  #write(above: string, lines: readonly string[]): void {
    const start = this.#open ? this.#toTop() : HIDE_CURSOR;
    const block = lines.map((line) => `${line}${CLEAR_TO_LINE_END}\n`).join('');
    this.#open = true;
    this.#lines = lines;
    // One write a frame: another program's output cannot come between its parts.
    this.#sink.write(`${start}${above}${block}${CLEAR_TO_SCREEN_END}`);
  }

  /** A window that became narrower has wrapped the lines, so count rows and not lines. */
  #toTop(): string {
    const columns = Math.max(1, this.#columns());
    const rows = this.#lines
      .map((line) => Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / columns)))
      .reduce((sum, count) => sum + count, 0);
    return rows === 0 ? '\r' : `\r${ESC}${rows}A`;
  }
}
