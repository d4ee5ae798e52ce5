const HEAD_BYTES = 5;
/** Bytes of the length, which counts itself. */
const LENGTH_BYTES = 4;

/** Letters of the server's messages that somebody looks into. */
export const MESSAGE = {
  parseComplete: 0x31, // 1
  row: 0x44, // D
  error: 0x45, // E
  copyIn: 0x47, // G
  columns: 0x54, // T
  ready: 0x5a, // Z
} as const;

export interface MessageHandler {
  /** Whether the body of such a message matters; asked where a message does not arrive in one piece. */
  wants(type: number): boolean;
  /** The body is `bytes` from `start` to `end`; the memory is used again after the call. */
  message(type: number, bytes: Buffer, start: number, end: number): void;
  /** What came is no message: nothing that follows can be read. */
  garbled(): void;
}

/** Cuts what the server sends into messages. What nobody wants is skipped without being copied. */
export class MessageReader {
  readonly #handler: MessageHandler;
  /** The beginning of a message that has to be kept until `#needed` bytes of it are there. */
  #parts: Buffer[] = [];
  #kept = 0;
  #needed = 0;
  /** Bytes left of a message that nobody wants. */
  #skip = 0;

  constructor(handler: MessageHandler) {
    this.#handler = handler;
  }

  /** Takes the first `length` bytes. */
  read(bytes: Buffer, length: number): void {
    const start = Math.min(this.#skip, length);
    this.#skip -= start;
    if (this.#needed === 0) {
      this.#readFrom(bytes, start, length);
      return;
    }
    this.#keep(bytes, 0, length, this.#needed);
    if (this.#kept < this.#needed) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#kept = 0;
    this.#needed = 0;
    this.#readFrom(whole, 0, whole.length);
  }

  #readFrom(bytes: Buffer, start: number, length: number): void {
    const handler = this.#handler;
    let at = start;
    while (length - at >= HEAD_BYTES) {
      const size = bytes.readInt32BE(at + 1);
      if (size < LENGTH_BYTES) {
        handler.garbled();
        return;
      }
      const type = bytes.readUInt8(at);
      const end = at + 1 + size;
      if (end <= length) {
        handler.message(type, bytes, at + HEAD_BYTES, end);
        at = end;
      } else if (handler.wants(type)) {
        this.#keep(bytes, at, length, end - at);
        return;
      } else {
        this.#skip = end - length;
        return;
      }
    }
    if (at < length) this.#keep(bytes, at, length, HEAD_BYTES);
  }

  #keep(bytes: Buffer, start: number, end: number, needed: number): void {
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    this.#kept += end - start;
    this.#needed = needed;
  }
}
