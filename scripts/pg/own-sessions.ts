import { monotonicMs } from '../shared/clock.ts';
import type { ConnectionRole, PgEndpoint } from './endpoint.ts';

/** A backend that answers to one of our connections; times on the clock of `monotonicMs`. */
export interface OwnSession {
  /** As the server told at the start of the session (BackendKeyData): what a session calls itself can be changed by anybody. */
  readonly pid: number;
  readonly role: ConnectionRole;
  readonly fromMs: number;
  /** When our side of it ended; Infinity while it is open. The backend can go on for a while without us. */
  readonly toMs: number;
}

/** Who is who on one server: every connection that this run opens is told here, whichever process opened it. */
export class OwnSessions {
  readonly #byPid = new Map<number, OwnSession>();
  readonly #listeners = new Set<(session: OwnSession) => void>();

  /** @returns what to call when the connection has ended */
  opened(pid: number, role: ConnectionRole): () => void {
    const session: OwnSession = { pid, role, fromMs: monotonicMs(), toMs: Infinity };
    this.tell(session);
    return () => {
      if (this.#byPid.get(pid)?.fromMs === session.fromMs) this.tell({ ...session, toMs: monotonicMs() });
    };
  }

  /** Takes what another process, or this one, says of a session. */
  tell(session: OwnSession): void {
    this.#byPid.set(session.pid, session);
    for (const listener of this.#listeners) listener(session);
  }

  /** The last one with that process id, open or not. */
  of(pid: number): OwnSession | undefined {
    return this.#byPid.get(pid);
  }

  all(): OwnSession[] {
    return [...this.#byPid.values()];
  }

  /** @returns what to call to hear no more */
  listen(listener: (session: OwnSession) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const servers = new Map<string, OwnSessions>();

/** The sessions of this run on the server at that address. */
export function ownSessions({ host, port }: Pick<PgEndpoint, 'host' | 'port'>): OwnSessions {
  const key = `${host}:${port}`;
  const known = servers.get(key) ?? new OwnSessions();
  servers.set(key, known);
  return known;
}
