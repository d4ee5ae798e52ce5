import { MessageCutter, type Message } from './message-cutter.ts';
import { serverWords, textAt, type ServerWords } from '../../pg/messages/server-words.ts';

/** What a session sent in one message, and what the server answered. */
export interface SentStatement {
  readonly sql: string;
  /** The text is longer than what was kept. */
  readonly isCut: boolean;
  readonly sentMs: number;
  readonly respondedMs: number;
  /** One for each statement of the text, in its order, as far as they ran. */
  readonly answers: readonly Answer[];
}

export interface Answer {
  /** Command tag such as `ALTER TABLE`; null after an error, and of an empty statement. */
  readonly command: string | null;
  readonly notices: readonly ServerWords[];
  readonly error: ServerWords | null;
}

/** Codes in the place of a protocol's version (PostgreSQL's manual, Message Formats). */
const CANCEL = 80_877_102;
const ASKS_FOR_ENCRYPTION = new Set([80_877_103, 80_877_104]);
const REFUSED = 'N'.charCodeAt(0);
/** Of ReadyForQuery: a transaction goes on. One that failed has given back its locks, though it is not over. */
const IN_TRANSACTION = 'T'.charCodeAt(0);
const AUTHENTICATION = 'R'.charCodeAt(0);
const STARTUP_BYTES = 10_000;

interface Expected {
  readonly what: 'query' | 'parse' | 'execute' | 'sync';
  readonly sql: string;
  readonly isCut: boolean;
  readonly sentMs: number;
  readonly answers: Answer[];
}

/**
 * Reads along what a client and a server say to each other, by either way of PostgreSQL to send a statement: the text alone, or
 * Parse, Bind and Execute. A session that is encrypted, or that is no session, is given up.
 */
export class StatementReader {
  readonly #onStatement: (statement: SentStatement) => void;
  readonly #now: () => number;
  readonly #onRelease: (atMs: number) => void;
  readonly #onSent: (sql: string) => void;
  readonly #client = new MessageCutter('QPBCE', (message) => {
    this.#sent(message);
  });
  readonly #server = new MessageCutter('CENZ', (message) => {
    this.#said(message);
  });
  #start: Buffer | null = Buffer.alloc(0);
  #hasServerBegun = false;
  #isReadable = true;
  readonly #prepared = new Map<string, Pick<Expected, 'sql' | 'isCut'>>();
  readonly #portals = new Map<string, Pick<Expected, 'sql' | 'isCut'>>();
  #expected: Expected[] = [];
  #notices: ServerWords[] = [];

  /**
   * @param onRelease called when the session holds no lock of a transaction any more
   * @param onSent called before the server has the statement
   */
  constructor(
    onStatement: (statement: SentStatement) => void,
    now: () => number,
    onRelease: (atMs: number) => void = () => undefined,
    onSent: (sql: string) => void = () => undefined,
  ) {
    this.#onStatement = onStatement;
    this.#now = now;
    this.#onRelease = onRelease;
    this.#onSent = onSent;
  }

  /** False: nothing of it, or nothing more, can be read. */
  get isReadable(): boolean {
    return this.#isReadable;
  }

  fromClient(chunk: Buffer): void {
    if (!this.#isReadable) return;
    if (this.#start === null) this.#isReadable = this.#client.push(chunk);
    else this.#startUp(Buffer.concat([this.#start, chunk]));
  }

  fromServer(chunk: Buffer): void {
    if (!this.#isReadable) return;
    let rest = chunk;
    while (!this.#hasServerBegun && rest[0] === REFUSED) rest = rest.subarray(1);
    if (rest.length === 0) return;
    // An error before all else is no session; whatever else comes first is encrypted.
    this.#isReadable = this.#hasServerBegun || rest[0] === AUTHENTICATION;
    this.#hasServerBegun = true;
    if (this.#isReadable) this.#isReadable = this.#server.push(rest);
  }

  /** The connection is gone: what the server said last may have had no end. */
  end(): void {
    const [head] = this.#expected;
    if (this.#isReadable && head?.what === 'query' && head.answers.length > 0) this.#tell(head);
    this.#expected = [];
    this.#onRelease(this.#now());
  }

  /** The first messages have no letter: a length, and the version or a code in its place. */
  #startUp(held: Buffer): void {
    this.#start = held;
    while (this.#start.length >= 8) {
      const length = this.#start.readUInt32BE(0);
      const code = this.#start.readUInt32BE(4);
      this.#isReadable = length >= 8 && length <= STARTUP_BYTES && code !== CANCEL;
      if (!this.#isReadable || this.#start.length < length) return;
      const rest = this.#start.subarray(length);
      this.#start = rest;
      if (ASKS_FOR_ENCRYPTION.has(code)) continue;
      this.#start = null;
      this.#isReadable = this.#client.push(rest);
      return;
    }
  }

  #sent({ type, body, isCut }: Message): void {
    if (type === 'Q') this.#expect('query', { sql: textAt(body, 0).text, isCut });
    if (type === 'S') this.#expect('sync', { sql: '', isCut });
    if (type === 'P') {
      const name = textAt(body, 0);
      const text = { sql: textAt(body, name.end).text, isCut };
      this.#prepared.set(name.text, text);
      this.#expect('parse', text);
    }
    if (type === 'B') {
      const portal = textAt(body, 0);
      const text = this.#prepared.get(textAt(body, portal.end).text);
      if (text !== undefined) this.#portals.set(portal.text, text);
    }
    if (type === 'C') {
      const all = body[0] === 'S'.charCodeAt(0) ? this.#prepared : this.#portals;
      all.delete(textAt(body, 1).text);
    }
    if (type === 'E')
      this.#expect('execute', this.#portals.get(textAt(body, 0).text) ?? { sql: '', isCut: true });
  }

  #expect(what: Expected['what'], text: Pick<Expected, 'sql' | 'isCut'>): void {
    this.#expected.push({ what, ...text, sentMs: this.#now(), answers: [] });
    if (what === 'query' || what === 'execute') this.#onSent(text.sql);
  }

  #said({ type, body }: Message): void {
    if (type === 'N') this.#notices.push(serverWords(body));
    if (type === '1' && this.#expected[0]?.what === 'parse') this.#expected.shift();
    if (type === 'C') this.#answered(textAt(body, 0).text, null);
    if (type === 'I' || type === 's') this.#answered(null, null);
    if (type === 'E') this.#answered(null, serverWords(body));
    if (type === 'Z') this.#ready(body[0]);
  }

  #answered(command: string | null, error: ServerWords | null): void {
    const head = this.#expected[0];
    if (head === undefined) return;
    head.answers.push({ command, error, notices: this.#notices });
    this.#notices = [];
    if (head.what === 'query') return;
    this.#tell(head);
    if (error === null) this.#expected.shift();
    else {
      // The server skips what was sent until the next Sync.
      const next = this.#expected.findIndex(({ what }) => what === 'sync');
      this.#expected = next === -1 ? [] : this.#expected.slice(next);
    }
  }

  /** The end of a text, or of what a Sync ended. What is left of it, such as the Close of a portal, has no statement. */
  #ready(status: number | undefined): void {
    const end = this.#expected.findIndex(({ what }) => what === 'query' || what === 'sync');
    const head = this.#expected[end];
    if (head?.what === 'query') this.#tell(head);
    this.#expected = this.#expected.slice(end + 1);
    if (status !== IN_TRANSACTION) this.#onRelease(this.#now());
  }

  #tell({ sql, isCut, sentMs, answers }: Expected): void {
    this.#onStatement({ sql, isCut, sentMs, respondedMs: this.#now(), answers });
  }
}
