import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { withTimeout } from '../../shared/clock.ts';
import { asError } from '../../shared/errors.ts';
import { frameOf, FrameReader } from './frames.ts';
import type { FromHost, ToHost } from './host-messages.ts';
import type { LoadHost } from './load-host.ts';
import { secureSocket } from './secure-socket.ts';

const TIMEOUT_MS = 5_000;

/** Asks another driver host what its kernel says, by a connection of its own that is opened again where it was lost. */
export class HostLook {
  readonly #host: LoadHost;
  readonly #key: string;
  #socket: TLSSocket | undefined;
  #closed: Promise<undefined> = Promise.resolve(undefined);
  #answer: ((message: FromHost) => void) | undefined;

  constructor(host: LoadHost, key: string) {
    this.#host = host;
    this.#key = key;
  }

  /** What that host's looker gave. One at a time. @throws why that host cannot tell, or cannot be reached within 5 s */
  async read(): Promise<unknown> {
    try {
      return await withTimeout(this.#ask(), TIMEOUT_MS, `asking ${this.#host.name}`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #ask(): Promise<unknown> {
    const socket = (this.#socket ??= await this.#connected());
    const answered = new Promise<FromHost>((resolve) => (this.#answer = resolve));
    const ask: ToHost = { type: 'look' };
    socket.write(frameOf(ask));
    const message = await Promise.race([answered, this.#closed]);
    if (message?.type === 'looked') return message.seen;
    throw new Error(message?.type === 'look-failed' ? message.why : 'its connection ended');
  }

  async #connected(): Promise<TLSSocket> {
    const socket = secureSocket(this.#host, this.#key);
    // Whoever waits for an answer sees that it closes.
    socket.on('error', () => undefined);
    const reader = new FrameReader();
    socket.on('data', (piece: Buffer) => {
      try {
        for (const message of reader.push(piece)) this.#answer?.(message as FromHost);
      } catch (error) {
        socket.destroy(asError(error));
      }
    });
    this.#closed = new Promise((resolve) =>
      socket.once('close', () => {
        resolve(undefined);
      }),
    );
    this.#socket = socket;
    await once(socket, 'secureConnect');
    return socket;
  }
}
