const NEWLINE = 0x0a;
/** Up to here a loop is faster than a search of the Buffer's own. */
const SHORT_BYTES = 256;

/**
 * A place in a stream of bytes: the part that is still needed as one contiguous Buffer, the position in it, and the line.
 * Memory that was handed out is never written again, so slices of `bytes` stay valid. Growth doubles, so a statement of many
 * megabytes costs linear time.
 */
export class ByteCursor {
  #storage: Buffer = Buffer.alloc(0);
  #end = 0;
  /** What is at hand: bytes from `mark` (or from `at` where nothing is marked) on. */
  bytes: Buffer = Buffer.alloc(0);
  /** The next byte to look at. */
  at = 0;
  /** The line of `at`, from 1. */
  line = 1;
  /** Bytes from here on are kept when more are pushed; -1 = none. */
  mark = -1;

  push(chunk: Buffer): void {
    const used = this.mark >= 0 ? this.mark : this.at;
    this.#append(chunk, this.bytes.subarray(used));
    this.at -= used;
    if (this.mark >= 0) this.mark = 0;
  }

  /** Moves on to position `to` and counts the lines on the way. */
  advance(to: number): void {
    const { bytes, at } = this;
    this.at = to;
    if (to - at < SHORT_BYTES) {
      for (let place = at; place < to; place += 1) if (bytes[place] === NEWLINE) this.line += 1;
      return;
    }
    const part = bytes.subarray(at, to);
    for (let place = part.indexOf(NEWLINE); place >= 0; place = part.indexOf(NEWLINE, place + 1)) {
      this.line += 1;
    }
  }

  /** Where the present line ends: its line feed, or the end of the input. Undefined = not at hand yet. */
  lineEnd(final: boolean): number | undefined {
    const found = this.bytes.indexOf(NEWLINE, this.at);
    return found < 0 && final ? this.bytes.length : found < 0 ? undefined : found;
  }

  #append(chunk: Buffer, pending: Buffer): void {
    if (pending.length === 0) {
      this.#storage = chunk;
      this.#end = chunk.length;
      this.bytes = chunk;
      return;
    }
    if (this.#storage.length - this.#end < chunk.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(2 * pending.length, pending.length + chunk.length));
      pending.copy(grown);
      this.#storage = grown;
      this.#end = pending.length;
    }
    chunk.copy(this.#storage, this.#end);
    this.#end += chunk.length;
    this.bytes = this.#storage.subarray(this.#end - pending.length - chunk.length, this.#end);
  }
}
