import { deserialize, serialize } from 'node:v8';

const LENGTH_BYTES = 4;
/** Samples of all columns that scripts draw from go in one. */
const LONGEST_BYTES = 1 << 30;

/** A message as bytes: its length, and what `v8.serialize` makes of it, as between processes of one host. */
export function frameOf(message: unknown): Buffer {
  const content = serialize(message);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** Cuts what comes in pieces into messages. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** The messages that are whole by now. @throws where it is no message of ours */
  push(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    const messages: unknown[] = [];
    for (let length = this.#length(); length !== undefined; length = this.#length()) {
      if (this.#bytes < LENGTH_BYTES + length) break;
      const whole = this.#joined();
      const end = LENGTH_BYTES + length;
      messages.push(deserialize(whole.subarray(LENGTH_BYTES, end)));
      this.#pieces = [whole.subarray(end)];
      this.#bytes = whole.length - end;
    }
    return messages;
  }

  /** Of the next message; undefined until it is known. */
  #length(): number | undefined {
    if (this.#bytes < LENGTH_BYTES) return undefined;
    const [first] = this.#pieces;
    const start = first !== undefined && first.length >= LENGTH_BYTES ? first : this.#joined();
    const length = start.readUInt32BE();
    if (length > LONGEST_BYTES) throw new Error(`a message of ${length} bytes`);
    return length;
  }

  #joined(): Buffer {
    const whole =
      this.#pieces.length === 1 && this.#pieces[0] ? this.#pieces[0] : Buffer.concat(this.#pieces);
    this.#pieces = [whole];
    return whole;
  }
}
