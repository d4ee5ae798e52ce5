import type { Client, SFTPWrapper } from 'ssh2';
import { asError } from '../../scripts/shared/errors.ts';
import { execOn, type ExecEnd, type ExecOptions } from './exec.ts';

/** How long one answer may take; a host that is asked for more says so in its own options. */
const ANSWER_MS = 60_000;
const GOODBYE_MS = 500;

/** The connection broke under a call. What the call did on the host is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** One live connection. Every call on it settles: with an answer, or with ConnectionLost as soon as it breaks. */
export class OpenConnection {
  readonly #client: Client;
  readonly #onAnswer: () => void;
  readonly #waiting = new Set<(lost: ConnectionLost) => void>();
  #lost: ConnectionLost | undefined;
  #sftp: Promise<SFTPWrapper> | undefined;
  /** Settles when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;

  /** `onAnswer` is told of each sign of life. */
  constructor(client: Client, onAnswer: () => void = () => undefined) {
    this.#client = client;
    this.#onAnswer = onAnswer;
    let why: Error | undefined;
    client.on('error', (error) => (why ??= error));
    this.ended = new Promise((resolve) => {
      client.once('close', () => {
        this.#lose(new ConnectionLost(why?.message ?? 'the connection was closed', { cause: why }));
        resolve();
      });
    });
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Starts something that answers by callback. An answer without a code of the server's own counts as a broken connection. */
  async call<T>(
    start: (client: Client, done: (error: Error | null | undefined, value: T) => void) => void,
    timeoutMs = ANSWER_MS,
  ): Promise<T> {
    if (this.#lost) throw this.#lost;
    let forget = (): void => undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#waiting.add(reject);
        const limit = setTimeout(() => {
          this.drop(`no answer in ${timeoutMs / 1000} s`);
        }, timeoutMs);
        forget = () => {
          this.#waiting.delete(reject);
          clearTimeout(limit);
        };
        start(this.#client, (error, value) => {
          if (error) reject(error);
          else resolve(value);
          if (!error || isAnswer(error)) this.#onAnswer();
        });
      });
    } catch (error) {
      if (error instanceof ConnectionLost || isAnswer(error)) throw error;
      throw this.drop(asError(error).message);
    } finally {
      forget();
    }
  }

  /** The one SFTP channel of this connection. */
  async sftp(): Promise<SFTPWrapper> {
    this.#sftp ??= this.call<SFTPWrapper>((client, done) => {
      client.sftp(done);
    }).then((sftp) => {
      // The channel can end while the connection lives, such as when the host kills its sftp-server.
      sftp.on('close', () => this.drop('the file transfer channel was closed'));
      sftp.on('error', () => this.drop('the file transfer channel broke'));
      return sftp;
    });
    return this.#sftp;
  }

  /** Runs a command of the host's shell to its end. Nothing secret belongs in `command`. */
  async exec(command: string, options: ExecOptions = {}): Promise<ExecEnd> {
    return execOn(this, command, options);
  }

  /** Breaks the connection now; calls under way end with ConnectionLost. */
  drop(why: string): ConnectionLost {
    const lost = new ConnectionLost(why);
    this.#lose(lost);
    this.#client.destroy();
    return this.#lost ?? lost;
  }

  /** Breaks the connection as soon as `signal` aborts, until the returned function is called. */
  dropOn(signal: AbortSignal): () => void {
    const onAbort = (): void => {
      this.drop('the work was stopped');
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    return () => {
      signal.removeEventListener('abort', onAbort);
    };
  }

  /** Says goodbye; a host that does not answer that is left. */
  async end(): Promise<void> {
    if (!this.isLost) this.#client.end();
    const limit = setTimeout(() => {
      this.#client.destroy();
    }, GOODBYE_MS);
    await this.ended;
    clearTimeout(limit);
  }

  #lose(lost: ConnectionLost): void {
    this.#lost ??= lost;
    for (const reject of this.#waiting) reject(this.#lost);
    this.#waiting.clear();
  }
}

/** The server said no: an SFTP status, or a channel that it did not open. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  return typeof code === 'number' || typeof reason === 'number';
}
