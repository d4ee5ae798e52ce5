import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const READ_BYTES = 16 * 1024;

type OnBytes = (bytes: Buffer, length: number) => void;

/**
 * The socket of one connection. pg connects and authenticates on it as on any other; after `takeOver` the bytes go past
 * it, on plain sockets in memory that is used again and without a stream's machinery between.
 */
export class AppSocket {
  #onBytes: OnBytes | undefined;

  /** For pg's `stream` option, which is called with pg's own settings. */
  readonly make = (...[config]: readonly unknown[]): Duplex => {
    // TLS reads from the socket by itself.
    if ((config as { ssl?: unknown } | undefined)?.ssl) return new Socket();
    const socket: Socket = new Socket({
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (length: number, bytes: Uint8Array) => {
          if (this.#onBytes) this.#onBytes(bytes as Buffer, length);
          else socket.emit('data', Buffer.from(bytes.subarray(0, length)));
          return true;
        },
      },
    } as ConstructorParameters<typeof Socket>[0]);
    return socket;
  };

  /** From here on everything that `stream` (pg's, or the TLS one in its place) receives comes here and nowhere else. */
  takeOver(stream: Duplex, onBytes: OnBytes): void {
    stream.removeAllListeners('data');
    this.#onBytes = onBytes;
    // Silent on a socket of ours.
    stream.on('data', (chunk: Buffer) => {
      onBytes(chunk, chunk.length);
    });
  }
}
