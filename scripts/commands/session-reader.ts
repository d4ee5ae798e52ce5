/*
 * What the server says while a session begins (PostgreSQL's manual, Message Flow and Message Formats): the answer to a request
 * for encryption is one byte; then each message has a letter and a length, which counts itself.
 */

const AUTHENTICATION = 'R'.charCodeAt(0);
const BACKEND_KEY = 'K'.charCodeAt(0);
const READY = 'Z'.charCodeAt(0);
const ERROR = 'E'.charCodeAt(0);
const REFUSED = 'N'.charCodeAt(0);
const TLS = 'S'.charCodeAt(0);
const HEAD_BYTES = 5;
/** A server says all this in a few hundred bytes. */
const LONGEST_BYTES = 1024 ** 2;

/** Reads along until the server has let a session in or turned it away. */
export class SessionReader {
  readonly #onSession: (pid: number | null) => void;
  #held = Buffer.alloc(0);
  #pid: number | null = null;
  #letIn = false;
  #begun = false;

  /** @param onSession told once, with the pid of its backend where the server named it */
  constructor(onSession: (pid: number | null) => void) {
    this.#onSession = onSession;
  }

  /** @returns true when all is known */
  push(chunk: Buffer): boolean {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (;;) {
      const known = this.#message();
      if (known !== undefined) return known;
    }
  }

  /** Undefined: there may be another message in what is held. */
  #message(): boolean | undefined {
    const held = this.#held;
    if (held.length === 0) return false;
    const type = held[0];
    if (!this.#begun && type === TLS) return this.#end(true);
    // An N of a beginning is the answer to a request for encryption, no notice: there is no session yet to give one.
    if (!this.#begun && type === REFUSED) {
      this.#held = held.subarray(1);
      return undefined;
    }
    if (held.length < HEAD_BYTES) return false;
    const length = held.readUInt32BE(1);
    if (length < 4 || length > LONGEST_BYTES) return this.#end(false);
    if (held.length < length + 1) return false;
    this.#begun = true;
    const body = held.subarray(HEAD_BYTES, length + 1);
    this.#held = held.subarray(length + 1);
    if (type === AUTHENTICATION && body.length >= 4 && body.readUInt32BE(0) === 0) this.#letIn = true;
    if (type === BACKEND_KEY && body.length >= 4) this.#pid = body.readUInt32BE(0);
    if (type === READY) return this.#end(this.#letIn);
    return type === ERROR ? this.#end(false) : undefined;
  }

  #end(isSession: boolean): true {
    this.#held = Buffer.alloc(0);
    if (isSession) this.#onSession(this.#pid);
    return true;
  }
}
