import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { TLSSocket } from 'node:tls';
import { monotonicMs } from '../../shared/clock.ts';
import { asError, type RehearsalError } from '../../shared/errors.ts';
import { LoadProcess } from '../load-process.ts';
import type { FromLoad } from '../messages.ts';
import { frameOf, FrameReader } from './frames.ts';
import type { FromHost, ToHost } from './host-messages.ts';
import { NewLines } from './new-lines.ts';
import { rowsOnClock } from './on-clock.ts';

const ROWS_EVERY_MS = 500;
/** The first driver asks for the time every second. */
const SILENT_MS = 15_000;

/** A load process of this host that another one leads over a connection: it ends with that, however that ends. */
export class ServedProcess {
  readonly #socket: TLSSocket;
  readonly #requestsPath: string;
  readonly #look: () => Promise<unknown>;
  /** From its start on. */
  #process: LoadProcess | undefined;
  readonly #rows: NewLines;
  readonly #ticker: NodeJS.Timeout;
  readonly #closed: Promise<void>;
  /** One look into the file after the other. */
  #sending: Promise<void> = Promise.resolve();
  /** The zero of all times as the process has it, and as it is known by now. */
  #zeroMs = { ordered: 0, known: 0 };

  /**
   * @param requestsPath where the process writes its requests; removed with it
   * @param look what the kernel of this host says, for whoever asks
   */
  constructor(socket: TLSSocket, requestsPath: string, look: () => Promise<unknown>) {
    this.#socket = socket;
    this.#look = look;
    this.#requestsPath = requestsPath;
    this.#rows = new NewLines(requestsPath);
    this.#ticker = setInterval(() => {
      void this.#sendRows();
    }, ROWS_EVERY_MS);
    const reader = new FrameReader();
    socket.setNoDelay(true);
    socket.setTimeout(SILENT_MS, () => socket.destroy());
    socket.on('error', () => undefined); // and then it closes
    socket.on('data', (piece: Buffer) => {
      try {
        for (const message of reader.push(piece)) this.#hear(message as ToHost);
      } catch (error) {
        socket.destroy(asError(error));
      }
    });
    this.#closed = new Promise((resolve) =>
      socket.once('close', () => {
        resolve();
      }),
    );
    void this.#closed.then(() => this.#end());
  }

  #hear(message: ToHost): void {
    switch (message.type) {
      case 'ask-clock':
        this.#send({ type: 'clock', nowMs: monotonicMs() });
        break;
      case 'zero':
        this.#zeroMs = { ...this.#zeroMs, known: message.zeroMs };
        break;
      case 'start': {
        const { zeroMs } = message.order;
        this.#zeroMs = { ordered: zeroMs, known: zeroMs };
        this.#process ??= this.#started();
        this.#process.send({ ...message, order: { ...message.order, requestsPath: this.#requestsPath } });
        break;
      }
      case 'look':
        this.#look().then(
          (seen) => this.#send({ type: 'looked', seen }),
          (error: unknown) => this.#send({ type: 'look-failed', why: asError(error).message }),
        );
        break;
      case 'begin':
      case 'arrive':
      case 'shares':
      case 'maintenance':
      case 'stop':
        this.#process?.send(message);
    }
  }

  #started(): LoadProcess {
    const process = new LoadProcess((message) => {
      this.#tell(message);
    });
    process.died.addEventListener('abort', () => {
      const { code, message } = process.died.reason as RehearsalError;
      this.#send({ type: 'failed', code, message });
    });
    return process;
  }

  #tell(message: FromLoad): void {
    if (message.type !== 'stopped') {
      this.#send(message);
      return;
    }
    void this.#process?.expectExit();
    void this.#sendRows().then(() => {
      this.#send(message);
    });
  }

  #sendRows(): Promise<void> {
    this.#sending = this.#sending
      .then(async () => {
        const { ordered, known } = this.#zeroMs;
        for await (const text of this.#rows.read()) {
          const isTaken = this.#send({ type: 'rows', text: rowsOnClock(text, ordered - known) });
          if (!isTaken) await Promise.race([once(this.#socket, 'drain'), this.#closed]);
        }
      })
      .catch((error: unknown) => {
        this.#socket.destroy(asError(error));
      });
    return this.#sending;
  }

  /** False where nothing more should be sent for now. */
  #send(message: FromHost): boolean {
    return this.#socket.writable && this.#socket.write(frameOf(message));
  }

  async #end(): Promise<void> {
    clearInterval(this.#ticker);
    this.#process?.kill();
    await this.#sending;
    await this.#rows.close();
    await rm(this.#requestsPath, { force: true });
  }
}
