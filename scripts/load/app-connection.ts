import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { ServerMessage } from '../pg/messages/public-text.ts';
import { readColumns, readError, readRow } from './wire/backend-messages.ts';
import { serverWords } from '../pg/messages/server-words.ts';
import { OutgoingMessages, REFUSE_COPY, ROLLBACK, type WireStatement } from './wire/frontend.ts';
import { MESSAGE, MessageReader, type MessageHandler } from './wire/message-reader.ts';
import { AppSocket } from './wire/socket.ts';

/** Errors after which the server has closed the session, besides everything FATAL (manual, appendix A, classes 08 and 57P). */
const SESSION_OVER = /^(08|57P0[1-5])/;
/** `cached plan must not change result type`, and: the prepared statement is not there (the script dropped it). */
const PREPARE_ANEW = new Set(['0A000', '26000']);
const IDLE = 0x49; // I: no transaction block is open

/** What an answer says: nothing, or why a statement failed: a SQLSTATE, or `lost` when the session is gone. */
type Answer = (failure: string | undefined) => void;

/**
 * One connection of the app, with its prepared statements. pg opens and closes it; all between is written and read here,
 * without an object or a promise for each row or statement.
 */
export class AppConnection implements MessageHandler {
  /** Process id of the server's side. */
  readonly pid: number;
  /** Of the last statement that wants a row. */
  columns: readonly string[] = [];
  firstRow: readonly (string | null)[] | undefined;
  readonly #client: PgClient;
  readonly #reader = new MessageReader(this);
  readonly #out = new OutgoingMessages();
  readonly #onLost: () => void;
  /** By the id of a statement: prepared, or the server knows another thing by its name. */
  readonly #known: ('prepared' | 'stale' | undefined)[] = [];
  /** Statements in flight, the first one unanswered. */
  #sent: (WireStatement | undefined)[] = [];
  #answered = 0;
  #answer: Answer | undefined;
  #failure: string | undefined;
  /** The last error that became an answer, as it came. */
  #error = Buffer.alloc(0);
  #status = IDLE;
  #lost = false;

  private constructor(client: PgClient, pid: number, socket: AppSocket, onLost: () => void) {
    this.#client = client;
    this.pid = pid;
    this.#onLost = onLost;
    client.on('error', () => {
      this.#lose();
    });
    client.on('end', () => {
      this.#lose();
    });
    socket.takeOver(client.connection.stream, (bytes, length) => {
      this.#reader.read(bytes, length);
    });
  }

  /** @throws CONNECTION_FAILED */
  static async open(endpoint: PgEndpoint, signal: AbortSignal, onLost: () => void): Promise<AppConnection> {
    const socket = new AppSocket();
    const client = await connect(endpoint, 'app', { signal, stream: socket.make });
    try {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      return new AppConnection(client, rows[0]?.pid ?? 0, socket, onLost);
    } catch (error) {
      await closeQuietly(client);
      throw error;
    }
  }

  /** The server has closed it, or the socket broke. */
  get lost(): boolean {
    return this.#lost;
  }

  /** What the server said with the last failure; it may quote rows. */
  get said(): ServerMessage {
    return serverWords(this.#error);
  }

  /** A transaction block was open when the last answer came. */
  get inTransaction(): boolean {
    return this.#status !== IDLE;
  }

  /** Statements are in flight, or wait to be sent. */
  get filled(): boolean {
    return this.#sent.length > 0;
  }

  /** Puts a statement into the next flight, prepared once for the connection. */
  add(statement: WireStatement, values: readonly (string | null)[]): void {
    const known = this.#known[statement.id];
    if (known !== 'prepared' && !this.#sent.includes(statement)) {
      if (known === 'stale') this.#out.add(statement.close);
      this.#out.add(statement.parse);
    }
    this.#out.addRun(statement, values);
    this.#sent.push(statement);
  }

  /** Sends what was added; `answer` is called once, when all of it has been answered. */
  send(answer: Answer): void {
    const bytes = this.#out.take();
    if (this.#lost) {
      queueMicrotask(() => {
        answer('lost');
      });
      return;
    }
    this.#answer = answer;
    this.#failure = undefined;
    this.#answered = 0;
    this.columns = [];
    this.firstRow = undefined;
    this.#client.connection.stream.write(bytes);
  }

  /** After an error: ends what the request left open, as drivers do. */
  recover(answer: Answer): void {
    if (!this.inTransaction) {
      answer(undefined);
      return;
    }
    this.#out.add(ROLLBACK);
    this.#sent.push(undefined);
    this.send(answer);
  }

  async close(): Promise<void> {
    this.#lost = true;
    // A server that is at work would not read the farewell before it is done.
    if (this.#answer) this.#client.connection.stream.destroy();
    this.#answer = undefined;
    await closeQuietly(this.#client);
  }

  wants(type: number): boolean {
    return type === MESSAGE.error || type === MESSAGE.ready || (this.#wantsRow() && isOfRow(type));
  }

  message(type: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case MESSAGE.ready:
        this.#ready(bytes.readUInt8(start));
        break;
      case MESSAGE.error:
        this.#failed(bytes, start, end);
        break;
      case MESSAGE.parseComplete: {
        const statement = this.#sent[this.#answered];
        if (statement) this.#known[statement.id] = 'prepared';
        break;
      }
      case MESSAGE.columns:
        if (this.#wantsRow()) this.columns = readColumns(bytes, start);
        break;
      case MESSAGE.row:
        if (this.#wantsRow()) this.firstRow ??= readRow(bytes, start);
        break;
      case MESSAGE.copyIn:
        this.#client.connection.stream.write(REFUSE_COPY);
        break;
      default: // command tags, notices, changed settings, notifications: nothing that a script could see
    }
  }

  garbled(): void {
    this.#drop();
  }

  #wantsRow(): boolean {
    return this.#sent[this.#answered]?.wantsRow === true;
  }

  #ready(status: number): void {
    this.#status = status;
    this.#answered++;
    const answer = this.#answer;
    if (this.#answered < this.#sent.length || !answer) return;
    this.#sent.length = 0;
    this.#answer = undefined;
    answer(this.#failure);
  }

  #failed(bytes: Buffer, start: number, end: number): void {
    const { sqlstate, fatal } = readError(bytes, start, end);
    const statement = this.#sent[this.#answered];
    if (statement && PREPARE_ANEW.has(sqlstate)) this.#known[statement.id] = 'stale';
    // The buffer is the reader's, which goes on.
    if (this.#failure === undefined) this.#error = Buffer.from(bytes.subarray(start, end));
    if (fatal || SESSION_OVER.test(sqlstate)) this.#drop(sqlstate);
    else this.#failure ??= sqlstate;
  }

  #drop(why = 'lost'): void {
    this.#client.connection.stream.destroy();
    this.#lose(why);
  }

  /** @param why what the server said as it ended the session */
  #lose(why = 'lost'): void {
    if (this.#lost) return;
    this.#lost = true;
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(why);
    this.#onLost();
  }
}

function isOfRow(type: number): boolean {
  return type === MESSAGE.columns || type === MESSAGE.row;
}
