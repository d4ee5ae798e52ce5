const NEWLINE = 0x0a;

/** Cuts a growing file into lines, by bytes: a piece may end in the middle of a line, and of a character. */
export class LineReader {
  /** Of the line that has not ended yet. */
  #pieces: Buffer[] = [];
  #offset: number;
  #position: number;

  /** `offset` is where a line begins. */
  constructor(offset: number) {
    this.#offset = offset;
    this.#position = offset;
  }

  /** After the last whole line. */
  get offset(): number {
    return this.#offset;
  }

  /** After the last byte that was pushed. */
  get position(): number {
    return this.#position;
  }

  /** Whole lines without their line feeds, each with the offset after it. */
  *push(piece: Buffer): Generator<{ readonly line: string; readonly offset: number }> {
    this.#position += piece.length;
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...this.#pieces, piece.subarray(start, end)]);
      this.#pieces = [];
      start = end + 1;
      this.#offset += line.length + 1;
      yield { line: line.toString('utf8'), offset: this.#offset };
    }
    if (start < piece.length) this.#pieces.push(piece.subarray(start));
  }
}
