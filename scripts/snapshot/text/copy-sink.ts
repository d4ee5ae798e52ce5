import type pg from 'pg';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import { asError } from '../../shared/errors.ts';

/** The receiving end of one COPY … FROM stdin. One write at a time is on its way, so the server sets the pace. */
export class CopySink {
  readonly #stream: CopyStreamQuery;
  #error: Error | undefined;
  #waiting: ((error: Error) => void) | undefined;

  constructor(client: pg.Client, statement: string) {
    this.#stream = copyFrom(statement);
    // pg-copy-streams never calls back a write that the server's error overtook: whoever waits hears of it here.
    this.#stream.on('error', (error) => {
      this.#error ??= error;
      this.#waiting?.(this.#error);
    });
    client.query(this.#stream);
  }

  /** Settles when the server can take more. Rejects with the server's error. */
  async write(bytes: Buffer): Promise<void> {
    await this.#settled((done) => this.#stream.write(bytes, done));
  }

  /** Settles when the server has taken all rows. */
  async end(): Promise<void> {
    await this.#settled((done) => this.#stream.end(done));
  }

  async #settled(act: (done: (error?: Error | null) => void) => void): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      if (this.#error) {
        reject(this.#error);
        return;
      }
      this.#waiting = reject;
      act((error) => {
        if (error) reject(asError(error));
        else resolve();
      });
    });
    this.#waiting = undefined;
  }
}
