import type { SessionRole } from '../artifacts/records.ts';
import type { PgClient } from '../pg/client.ts';
import { APPLICATION_PREFIX } from '../pg/endpoint.ts';

const OWN_ROLES: readonly SessionRole[] = ['app', 'migration', 'command', 'compatibility'];

const ACTOR_PREFIX = `${APPLICATION_PREFIX}actor/`;

/** Who is behind a backend, by its application_name; asked once for each backend. */
export class SessionRoles {
  readonly #known = new Map<number, SessionRole>();

  of(pid: number): SessionRole {
    return this.#known.get(pid) ?? 'other';
  }

  /** Looks up our own sessions that are there now: some of them may be gone when somebody asks. */
  async learnOwn(client: PgClient): Promise<void> {
    const { rows } = await client.query<{ pid: number; application_name: string }>(
      `select pid, application_name from pg_stat_activity where application_name like '${APPLICATION_PREFIX}%'`,
    );
    for (const { pid, application_name } of rows) this.#known.set(pid, roleOf(application_name));
  }

  /** Looks up the pids that are not known yet. */
  async learn(client: PgClient, pids: Iterable<number>): Promise<void> {
    const unknown = [...new Set(pids)].filter((pid) => !this.#known.has(pid));
    if (unknown.length === 0) return;
    const { rows } = await client.query<{ pid: number; application_name: string | null }>(
      'select pid, application_name from pg_stat_activity where pid = any($1::int[])',
      [unknown],
    );
    for (const { pid, application_name } of rows) this.#known.set(pid, roleOf(application_name ?? ''));
  }
}

function roleOf(applicationName: string): SessionRole {
  if (applicationName.startsWith(ACTOR_PREFIX)) return 'actor';
  return OWN_ROLES.find((role) => applicationName === `${APPLICATION_PREFIX}${role}`) ?? 'other';
}
