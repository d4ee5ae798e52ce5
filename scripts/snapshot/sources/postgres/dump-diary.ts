import type pg from 'pg';
import { formatCount, formatMs, plural } from '../../../shared/text/format.ts';
import type { LoadLook } from './load-look.ts';

/** What a live server is, as far as a dump of it goes. */
export interface LiveFacts {
  readonly major: number;
  readonly isReplica: boolean;
  /** Of a replica: its primary keeps what the replica's snapshots still see (PostgreSQL, hot_standby_feedback). */
  readonly hasFeedback: boolean;
  /** The user may see what sessions of others do. */
  readonly seesLoad: boolean;
}

const FACTS = `
select current_setting('server_version_num')::int / 10000 as major, pg_is_in_recovery() as "isReplica",
       current_setting('hot_standby_feedback')::bool as "hasFeedback",
       pg_has_role(current_user, 'pg_read_all_stats', 'usage') as "seesLoad"`;

/** @throws what PostgreSQL says */
export async function readLiveFacts(client: pg.Client): Promise<LiveFacts> {
  const { rows } = await client.query<LiveFacts>(FACTS);
  const [facts] = rows;
  if (facts === undefined) throw new Error('no answer');
  return facts;
}

/** What a dump did to the server that it read, as sentences. */
export class DumpDiary {
  readonly #shown: string;
  readonly #facts: LiveFacts;
  #heldTransactions = 0;
  #activeSessions = 0;
  #ioWaits = 0;
  #blocked = 0;
  #replicationLagMs: number | null = null;

  constructor(shown: string, facts: LiveFacts) {
    this.#shown = shown;
    this.#facts = facts;
  }

  add({ heldTransactions, activeSessions, ioWaits, blocked, replicationLagMs }: LoadLook): void {
    this.#heldTransactions = Math.max(this.#heldTransactions, heldTransactions);
    this.#activeSessions = Math.max(this.#activeSessions, activeSessions ?? 0);
    this.#ioWaits = Math.max(this.#ioWaits, ioWaits ?? 0);
    this.#blocked = Math.max(this.#blocked, blocked);
    if (replicationLagMs !== null)
      this.#replicationLagMs = Math.max(this.#replicationLagMs ?? 0, replicationLagMs);
  }

  /** Before it begins: what it will hold back. */
  get warning(): string {
    const { major, isReplica } = this.#facts;
    const what = `${isReplica ? 'a replica' : 'not a replica but a primary'} with PostgreSQL ${major}`;
    return `${this.#shown} is ${what}; while pg_dump reads it, ${this.#heldBack()} and nobody can change its tables (ALTER, DROP, TRUNCATE, VACUUM FULL)`;
  }

  /** Once it is over. */
  told(tookMs: number): string[] {
    const { seesLoad } = this.#facts;
    const held = `The snapshot was read by pg_dump from ${this.#shown}, ${this.#facts.isReplica ? 'a replica' : 'a primary'}, in ${formatMs(tookMs)}: meanwhile ${this.#heldBack()} (${plural(this.#heldTransactions, 'transaction')} at most).`;
    const lag =
      this.#replicationLagMs === null ? '' : `, a replica was ${formatMs(this.#replicationLagMs)} behind`;
    const waited = `${plural(this.#blocked, 'session')} waited for its locks`;
    const load = seesLoad
      ? `At most ${formatCount(this.#activeSessions)} other sessions were active there, ${formatCount(this.#ioWaits)} waited for IO, ${waited}${lag}.`
      : `Its user may not see what other sessions do there (GRANT pg_read_all_stats), so their load was not watched; ${waited}${lag}.`;
    return [held, load];
  }

  #heldBack(): string {
    const { isReplica, hasFeedback } = this.#facts;
    if (!isReplica) return 'vacuum there could remove no row that died since it began';
    return hasFeedback
      ? 'vacuum on its primary could remove no row that died since it began (hot_standby_feedback)'
      : 'the replica could not replay what removes rows that it still had to see';
  }
}
