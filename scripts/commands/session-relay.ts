import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { addressOf, type PgEndpoint } from '../pg/endpoint.ts';
import { monotonicMs } from '../shared/clock.ts';
import { SessionReader } from './session-reader.ts';
import { StatementReader, type SentStatement } from './wire/statement-reader.ts';

/** A session that the server opened for the command. */
export interface RelayedSession {
  /** Of its backend; null where the server did not say (it speaks TLS). */
  readonly pid: number | null;
  /** False where what it sent could not be read, or not to its end. */
  readonly isReadable: boolean;
}

/** A statement that has not come to the server yet. */
export interface HeldStatement {
  readonly sql: string;
  readonly session: RelayedSession;
  /** Lets it through, and nothing that the client sends behind it. */
  pass(): void;
  /** Takes the connection away from the server. */
  drop(): void;
}

/** Who hears of the sessions of a relay. */
export interface RelayListeners {
  /** Called as soon as the server has let a session in. */
  readonly onSession?: ((session: RelayedSession) => void) | undefined;
  /** Called for each text that a session sent, when the server has answered it. Times are of `monotonicMs`. */
  readonly onStatement?: ((statement: SentStatement, session: RelayedSession) => void) | undefined;
  /** Called when the session holds no lock of a transaction any more; `atMs` is of `monotonicMs`. */
  readonly onRelease?: ((session: RelayedSession, atMs: number) => void) | undefined;
  /** Asked for each text that a session sends: true = hold it. */
  readonly holds?: ((sql: string) => boolean) | undefined;
  readonly onHeld?: ((held: HeldStatement) => void) | undefined;
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
   * @param listener takes the sessions in another network; undefined = a free port of this one
   */
  static async open(
    endpoint: PgEndpoint,
    { onSession, onStatement, onRelease, holds, onHeld }: RelayListeners = {},
    listener?: Server,
  ): Promise<SessionRelay> {
    const sockets = new Set<Socket>();
    const sessions: RelayedSession[] = [];
    // A client that has sent all may still wait for answers.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const upstream = connect({ ...addressOf(endpoint), allowHalfOpen: true, noDelay: true });
      let session: RelayedSession | undefined;
      const statements = new StatementReader(
        (statement) => {
          if (session !== undefined) onStatement?.(statement, session);
        },
        monotonicMs,
        (atMs) => {
          if (session !== undefined) onRelease?.(session, atMs);
        },
        (sql) => {
          if (session === undefined || holds?.(sql) !== true) return;
          upstream.cork();
          onHeld?.(heldStatement(sql, session, client, upstream));
        },
      );
      const reader = new SessionReader((pid) => {
        session = {
          pid,
          get isReadable() {
            return statements.isReadable;
          },
        };
        sessions.push(session);
        onSession?.(session);
      });
      join(client, upstream, sockets);
      const read = (chunk: Buffer): void => {
        if (reader.push(chunk)) upstream.off('data', read);
      };
      upstream.on('data', read);
      if (onStatement !== undefined) readAlong(client, upstream, statements);
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

function heldStatement(
  sql: string,
  session: RelayedSession,
  client: Socket,
  upstream: Socket,
): HeldStatement {
  return {
    sql,
    session,
    pass: () => {
      client.unpipe(upstream);
      client.pause();
      upstream.uncork();
    },
    drop: () => {
      upstream.destroy();
    },
  };
}

function readAlong(client: Socket, upstream: Socket, reader: StatementReader): void {
  client.on('data', (chunk) => {
    reader.fromClient(chunk);
  });
  upstream.on('data', (chunk) => {
    reader.fromServer(chunk);
  });
  upstream.on('close', () => {
    reader.end();
  });
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
