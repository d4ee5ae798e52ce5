import { StringDecoder } from 'node:string_decoder';

/** A longer line is cut: nobody reads it, and a program may write one without end. */
const LONGEST_LINE = 16_384;

/** Lines out of chunks of bytes; of a line without end it holds no more than `LONGEST_LINE` characters. */
export class LineCutter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #line = '';
  #left = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const parts = this.#decoder.write(chunk).split(/\r?\n/);
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.#end();
      const room = Math.max(0, LONGEST_LINE - this.#line.length);
      this.#line += part.slice(0, room);
      this.#left += Math.max(0, part.length - room);
    }
  }

  /** A last line without an end is one as well. */
  end(): void {
    if (this.#line !== '') this.#end();
  }

  #end(): void {
    const cut = this.#left === 0 ? '' : `… (${this.#left} more characters)`;
    this.#onLine(`${this.#line}${cut}`);
    this.#line = '';
    this.#left = 0;
  }
}
