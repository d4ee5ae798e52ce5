import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { addressOf, type PgEndpoint } from '../pg/endpoint.ts';
import { SessionReader } from './session-reader.ts';

/** A session that the server opened for the command. */
export interface RelayedSession {
  /** Of its backend; null where the server did not say (it speaks TLS). */
  readonly pid: number | null;
}

/**
 * A port of this machine that leads to the server, for one command: every session that the command opens is known, however short
 * it is and whatever it calls itself.
 */
export class SessionRelay {
  /** As the command has to reach it. */
  readonly endpoint: PgEndpoint;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #sessions: RelayedSession[];

  private constructor(
    endpoint: PgEndpoint,
    server: Server,
    sockets: Set<Socket>,
    sessions: RelayedSession[],
  ) {
    this.endpoint = endpoint;
    this.#server = server;
    this.#sockets = sockets;
    this.#sessions = sessions;
  }

  /**
   * @param onSession called as soon as the server has let a session in
   * @param listener takes the sessions in another network; undefined = a free port of this one
   */
  static async open(
    endpoint: PgEndpoint,
    onSession: (session: RelayedSession) => void = () => undefined,
    listener?: Server,
  ): Promise<SessionRelay> {
    const sockets = new Set<Socket>();
    const sessions: RelayedSession[] = [];
    // A client that has sent all may still wait for answers.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const upstream = connect({ ...addressOf(endpoint), allowHalfOpen: true, noDelay: true });
      const reader = new SessionReader((pid) => {
        const session = { pid };
        sessions.push(session);
        onSession(session);
      });
      join(client, upstream, sockets);
      const read = (chunk: Buffer): void => {
        if (reader.push(chunk)) upstream.off('data', read);
      };
      upstream.on('data', read);
      client.pipe(upstream);
      upstream.pipe(client);
    });
    if (listener) server.listen(listener);
    else server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const relayed = { ...endpoint, host: '127.0.0.1', port, socketDir: undefined };
    return new SessionRelay(relayed, server, sockets, sessions);
  }

  /** All that there were until now. */
  get sessions(): readonly RelayedSession[] {
    return this.#sessions;
  }

  /** Ends the connections that are left. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** The end of one by an error is the end of both. */
function join(client: Socket, upstream: Socket, sockets: Set<Socket>): void {
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroySoon();
    });
  }
}
