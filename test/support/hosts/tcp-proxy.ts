import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A cable between client and server that a test can cut, block and pull out. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that were accepted so far. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Resets every connection; new ones get through. */
  cut(): void;
  /** Carries nothing any more and tells nobody; `resume` lets new connections through (the old ones stay silent). */
  stall(): void;
  resume(): void;
  /** Resets every connection, new ones too, for good. The port stays taken: nobody else's server can come to answer there. */
  pullOut(): void;
  /** Refuses new connections until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Cuts a connection after each so many bytes towards the client or the server; undefined = never. */
  cutAfter(bytes: (() => number) | undefined): void;
  /** Adds this much to the way of each piece. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export async function startProxy(
  target: { host: string; port: number } | { path: string },
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let accepted = 0;
  let stalled = false;
  let isPulledOut = false;
  let limit: (() => number) | undefined;
  let delayMs = 0;
  let server: Server | undefined;
  let port = 0;

  function carry(client: Socket): void {
    accepted += 1;
    if (isPulledOut) {
      reset(client);
      return;
    }
    const upstream = connect(target);
    let left = limit?.() ?? Infinity;
    clients.add(client);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      let silent = stalled;
      sockets.add(from);
      from.on('data', (piece: Buffer) => {
        silent ||= stalled;
        if (silent) return;
        left -= piece.length;
        if (left < 0) reset(client, upstream);
        else if (delayMs > 0) setTimeout(() => to.write(piece), delayMs);
        else to.write(piece);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        clients.delete(client);
        if (!silent && !stalled) to.destroy();
      });
    }
  }

  async function listen(): Promise<void> {
    server = createServer({ noDelay: true }, carry).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  }
  async function unlisten(): Promise<void> {
    const ending = server;
    server = undefined;
    if (ending) await new Promise((resolve) => ending.close(resolve));
  }
  await listen();

  return {
    port,
    get accepted() {
      return accepted;
    },
    get open() {
      return clients.size;
    },
    cut: () => {
      reset(...sockets);
    },
    pullOut: () => {
      isPulledOut = true;
      reset(...sockets);
    },
    stall: () => (stalled = true),
    resume: () => (stalled = false),
    async refuse() {
      const ended = unlisten();
      reset(...sockets);
      await ended;
    },
    accept: listen,
    cutAfter: (bytes) => (limit = bytes),
    delay: (ms) => (delayMs = ms),
    async close() {
      const ended = unlisten();
      reset(...sockets);
      await ended;
    },
  };
}

function reset(...sockets: readonly Socket[]): void {
  for (const socket of sockets) {
    // Sockets of a path cannot be reset.
    if (socket.remoteAddress === undefined) socket.destroy();
    else socket.resetAndDestroy();
  }
}
