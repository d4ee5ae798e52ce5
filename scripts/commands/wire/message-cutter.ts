/** A letter and a length, which counts itself. */
const HEAD_BYTES = 5;
/** Of a longer message only the beginning is kept. */
const KEPT_BYTES = 1024 ** 2;

export interface Message {
  readonly type: string;
  readonly body: Buffer;
  /** Something is missing at its end. */
  readonly isCut: boolean;
}

/** Cuts what one side says in a session into messages (PostgreSQL's manual, Message Formats); bodies that nobody wants pass by. */
export class MessageCutter {
  readonly #wanted: ReadonlySet<string>;
  readonly #onMessage: (message: Message) => void;
  #head = Buffer.alloc(0);
  #type = '';
  /** Bytes of the body that are to come; -1 = a head is to come. */
  #left = -1;
  #body: Buffer[] = [];
  #keptBytes = 0;
  #isCut = false;

  /** @param wanted types whose bodies are kept; the others come with an empty one */
  constructor(wanted: string, onMessage: (message: Message) => void) {
    this.#wanted = new Set(wanted);
    this.#onMessage = onMessage;
  }

  /** @returns false where these are no messages */
  push(chunk: Buffer): boolean {
    let rest = chunk;
    for (;;) {
      if (this.#left < 0) {
        const missing = HEAD_BYTES - this.#head.length;
        this.#head = Buffer.concat([this.#head, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#head.length < HEAD_BYTES) return true;
        const length = this.#head.readUInt32BE(1);
        if (length < 4) return false;
        this.#begin(String.fromCharCode(this.#head[0] ?? 0), length - 4);
      }
      const part = rest.subarray(0, this.#left);
      this.#keep(part);
      rest = rest.subarray(part.length);
      this.#left -= part.length;
      if (this.#left > 0) return true;
      this.#end();
    }
  }

  #begin(type: string, bytes: number): void {
    this.#type = type;
    this.#left = bytes;
    this.#head = Buffer.alloc(0);
    this.#body = [];
    this.#keptBytes = 0;
    this.#isCut = false;
  }

  #keep(part: Buffer): void {
    if (part.length === 0 || !this.#wanted.has(this.#type)) return;
    const kept = part.subarray(0, KEPT_BYTES - this.#keptBytes);
    if (kept.length < part.length) this.#isCut = true;
    if (kept.length > 0) this.#body.push(kept);
    this.#keptBytes += kept.length;
  }

  #end(): void {
    this.#left = -1;
    this.#onMessage({ type: this.#type, body: Buffer.concat(this.#body), isCut: this.#isCut });
  }
}
