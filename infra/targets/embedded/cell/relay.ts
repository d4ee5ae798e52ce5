import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { LOOPBACK } from '../../../postgres/names.ts';
import { portTaken } from '../free-port.ts';

const PROGRAM = new URL('./relay-worker.mjs', import.meta.url);

/** A port of this machine that leads to a server without a network, for programs that are not ours. */
export class Relay {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @param path of the server's socket @throws PORT_TAKEN */
  static async open(port: number, path: string): Promise<Relay> {
    const worker = new Worker(PROGRAM, { workerData: { host: LOOPBACK, port, path }, execArgv: [] });
    const [{ error }] = (await once(worker, 'message')) as [{ error?: string }];
    if (error !== undefined) {
      await worker.terminate();
      throw portTaken(port, error === 'EACCES' ? 'may not be opened by this user' : undefined);
    }
    worker.on('error', () => undefined); // its connections are cut then, and their programs say so
    worker.unref();
    return new Relay(worker);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
