/*
 * Messages to the server (https://www.postgresql.org/docs/18/protocol-message-formats.html): each is a letter, its length
 * and its body. Parameters and results are in text format, and their types are left to the server.
 */

const UTF8 = 'utf8';
/** Up to here writing character by character is faster than a call into native code. */
const SHORT_TEXT = 32;
const NULL_LENGTH = -1;

/** A statement of the app as it goes over the wire; the same for all connections. */
export interface WireStatement {
  /** Position among all statements of the load, from 0. */
  readonly id: number;
  /** Creates it under its name. */
  readonly parse: Buffer;
  /** Drops whatever has its name. */
  readonly close: Buffer;
  /** A Bind message up to its parameters, still without its length. */
  readonly bindHead: Buffer;
  /** The first row and the names of its columns are wanted. */
  readonly wantsRow: boolean;
}

export function wireStatement(
  id: number,
  text: string,
  parameters: number,
  wantsRow: boolean,
): WireStatement {
  const name = `s${id}`;
  return {
    id,
    parse: message('P', name, text, 0),
    close: message('C', Buffer.from('S'), name),
    bindHead: message('B', '', name, 0, parameters),
    wantsRow,
  };
}

const SYNC = message('S');
const EXECUTE = Buffer.concat([message('E', '', 0, 0), SYNC]);
const DESCRIBE_AND_EXECUTE = Buffer.concat([message('D', Buffer.from('P'), ''), EXECUTE]);
/** A COPY FROM STDIN has nothing to read here. The Sync that it swallowed is sent again. */
export const REFUSE_COPY = Buffer.concat([message('f', 'a workload script has no data to copy'), SYNC]);
export const ROLLBACK = message('Q', 'ROLLBACK');

/** Messages one behind the other, in memory that is used again as soon as the server has answered. */
export class OutgoingMessages {
  #bytes = Buffer.allocUnsafeSlow(1024);
  #end = 0;

  add(bytes: Buffer): void {
    this.#makeRoom(bytes.length);
    this.#end += bytes.copy(this.#bytes, this.#end);
  }

  /** Runs a prepared statement with its parameters up to its own Sync. */
  addRun(statement: WireStatement, values: readonly (string | null)[]): void {
    const start = this.#end;
    this.add(statement.bindHead);
    for (const value of values) this.#addValue(value);
    this.#makeRoom(2);
    this.#end = this.#bytes.writeInt16BE(0, this.#end);
    this.#bytes.writeInt32BE(this.#end - start - 1, start + 1);
    this.add(statement.wantsRow ? DESCRIBE_AND_EXECUTE : EXECUTE);
  }

  /** What was added since the last call; valid until the next addition. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#end);
    this.#end = 0;
    return taken;
  }

  #addValue(value: string | null): void {
    if (value === null) {
      this.#makeRoom(4);
      this.#end = this.#bytes.writeInt32BE(NULL_LENGTH, this.#end);
      return;
    }
    this.#makeRoom(4 + 3 * value.length); // no character takes more than three bytes for each of its UTF-16 units
    const start = this.#end + 4;
    const end =
      start + (this.#writeAscii(value, start) ? value.length : this.#bytes.write(value, start, UTF8));
    this.#bytes.writeInt32BE(end - start, this.#end);
    this.#end = end;
  }

  /** False where the text is long or not plain ASCII. */
  #writeAscii(value: string, start: number): boolean {
    const { length } = value;
    if (length > SHORT_TEXT) return false;
    const bytes = this.#bytes;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      bytes[start + index] = code;
    }
    return true;
  }

  #makeRoom(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#end + size));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** Strings end with a zero byte; numbers are 16-bit, as all but two lengths are. */
function message(type: string, ...parts: readonly (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(`${part}\0`, UTF8);
      if (typeof part !== 'number') return part;
      const number = Buffer.alloc(2);
      number.writeInt16BE(part);
      return number;
    }),
  );
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
