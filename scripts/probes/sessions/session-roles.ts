import type { SessionRole } from '../../artifacts/records/records.ts';
import type { Asker } from '../../pg/asker.ts';
import { APPLICATION_PREFIX, type ConnectionRole } from '../../pg/endpoint.ts';
import type { OwnSessions } from '../../pg/own-sessions.ts';
import { monotonicMs } from '../../shared/clock.ts';

const ROLES: Readonly<Record<Exclude<ConnectionRole, `actor/${string}`>, SessionRole>> = {
  app: 'app',
  migration: 'migration',
  command: 'command',
  compatibility: 'compatibility',
  restore: 'tool',
  probe: 'tool',
  setup: 'tool',
};

/** Reading the server's clock and ours takes a round trip each. */
const CLOCK_JITTER_MS = 50;

const WHO = `select pid, backend_type, leader_pid,
                    extract(epoch from clock_timestamp() - backend_start) * 1000 as "ageMs",
                    extract(epoch from clock_timestamp() - xact_start) * 1000 as "transactionMs"
               from pg_stat_activity where pid = any($1::int[])`;

/** A session that none of our connections answers to. */
interface Stranger {
  readonly pid: number;
  readonly backend_type: string | null;
  readonly leader_pid: number | null;
  readonly ageMs: string | null;
  readonly transactionMs: string | null;
}

/**
 * Who is behind a backend: by its process id, which the server told each of our connections, and never by what a session calls
 * itself. While a program of the author's runs, whoever is none of us and began after it is that program.
 */
export class SessionRoles {
  readonly #own: OwnSessions;
  readonly #strangers = new Map<number, SessionRole>();
  /** Type of a backend that is no client's, such as `autovacuum worker`. */
  readonly #types = new Map<number, string>();
  #commandSinceMs = Infinity;

  constructor(own: OwnSessions) {
    this.#own = own;
  }

  of(pid: number): SessionRole {
    const own = this.#own.of(pid);
    if (own?.toMs === Infinity) return roleOf(own.role);
    return this.#strangers.get(pid) ?? (own === undefined ? 'other' : roleOf(own.role));
  }

  /**
   * The name that it has by right: `rehearse/actor/<name>`, or its kind where it is no client's; undefined = none but what it
   * calls itself, as strangers and the author's programs.
   */
  nameOf(pid: number): string | undefined {
    const role = this.#isOwn(pid) ? this.#own.of(pid)?.role : undefined;
    if (role !== undefined && role !== 'command') return `${APPLICATION_PREFIX}${role}`;
    return this.#types.get(pid);
  }

  /** Process ids of all our own sessions, but for those of the author's program. */
  ownPids(): number[] {
    return this.#own
      .all()
      .flatMap(({ pid, role }) => (this.#strangers.has(pid) || role === 'command' ? [] : [pid]));
  }

  /** From now on whoever comes new is a program of the author's; Infinity = no longer. */
  commandSince(ms: number): void {
    this.#commandSinceMs = ms;
  }

  /** These are sessions of the author's program. */
  areCommand(pids: Iterable<number>): void {
    for (const pid of pids) if (!this.#isOwn(pid)) this.#strangers.set(pid, 'command');
  }

  /** Looks up those that no open connection of ours answers to, once each. */
  async learn(client: Asker, pids: Iterable<number>): Promise<void> {
    const unknown = [...new Set(pids)].filter(
      (pid) => pid > 0 && !this.#strangers.has(pid) && this.#own.of(pid)?.toMs !== Infinity,
    );
    if (unknown.length === 0) return;
    const { rows } = await client.query<Stranger>(WHO, [unknown]);
    for (const stranger of rows) {
      // A backend works on for a while after its connection has ended; another one with its number began later.
      const own = this.#own.of(stranger.pid);
      const startedMs = monotonicMs() - Number(stranger.ageMs ?? 0);
      if (own !== undefined && startedMs <= own.toMs + CLOCK_JITTER_MS) continue;
      this.#strangers.set(stranger.pid, this.#strangerRole(stranger, startedMs));
      const type = stranger.backend_type ?? 'client backend';
      if (type !== 'client backend') this.#types.set(stranger.pid, type);
    }
  }

  #isOwn(pid: number): boolean {
    return this.#own.of(pid) !== undefined && !this.#strangers.has(pid);
  }

  #strangerRole({ backend_type, leader_pid, transactionMs }: Stranger, startedMs: number): SessionRole {
    if (leader_pid !== null) return this.of(leader_pid);
    if (backend_type !== null && backend_type !== 'client backend') return 'server';
    const sinceMs = transactionMs === null ? startedMs : monotonicMs() - Number(transactionMs);
    return Math.max(startedMs, sinceMs) >= this.#commandSinceMs - CLOCK_JITTER_MS ? 'command' : 'other';
  }
}

function roleOf(role: ConnectionRole): SessionRole {
  return isActor(role) ? 'actor' : ROLES[role];
}

function isActor(role: ConnectionRole): role is `actor/${string}` {
  return role.startsWith('actor/');
}
