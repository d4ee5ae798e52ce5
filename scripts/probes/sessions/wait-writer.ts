import type { WaitRecord } from '../../artifacts/records.ts';
import type { Asker } from '../../pg/asker.ts';
import type { NdjsonWriter } from '../../shared/ndjson.ts';
import type { LookRow } from '../lock-queries.ts';
import type { RelationNames } from '../relation-names.ts';
import { PreparedTransactions, withPrepared } from './prepared-transactions.ts';
import { BlockerFacts } from './session-facts.ts';
import type { SessionRoles } from './session-roles.ts';

interface Parts {
  readonly server: Asker;
  readonly roles: SessionRoles;
  readonly names: RelationNames;
  readonly waits: NdjsonWriter<WaitRecord>;
}

/** Writes who waits for whom, with who they are and what those in the way do. */
export class WaitWriter {
  readonly #parts: Parts;
  readonly #facts: BlockerFacts;
  readonly #prepared = new PreparedTransactions();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#facts = new BlockerFacts((pid) => parts.roles.nameOf(pid));
  }

  /**
   * @param rows of those who wait
   * @returns the longest wait of the migration itself among them
   */
  async write(rows: readonly LookRow[], tMs: number): Promise<number> {
    const { server, roles, names, waits } = this.#parts;
    const waiters = rows.map(([pid, , , , , , , blockers]) => ({ pid, blockers }));
    await roles.learn(
      server,
      waiters.flatMap(({ pid, blockers }) => [pid, ...blockers]),
    );
    const prepared = await this.#prepared.behind(server, waiters);
    const sessions = await this.#facts.changed(
      server,
      waiters.flatMap(({ blockers }) => blockers.filter((pid) => pid > 0)),
      tMs,
    );
    await names.learn(rows.flatMap(([, , , oid]) => (oid === null ? [] : [Number(oid)])));
    let ownWaitMs = 0;
    for (const [pid, locktype, mode, oid, , waitedMs, waitStartMs, backends] of rows) {
      const blockers = withPrepared(backends, prepared.get(pid));
      const news = [
        ...sessions.filter((session) => blockers.includes(session.pid)),
        ...(prepared.get(pid) ?? []),
      ];
      if (roles.of(pid) === 'migration') ownWaitMs = Math.max(ownWaitMs, Number(waitedMs ?? 0));
      waits.write({
        tMs,
        pid,
        role: roles.of(pid),
        relation: oid === null ? null : names.of(Number(oid)),
        locktype,
        mode,
        // waitstart is empty for a moment after the wait began (PostgreSQL's manual, pg_locks).
        sinceMs: tMs - Math.max(0, Number(waitedMs ?? 0)),
        ...(waitStartMs === null ? {} : { waitStartMs: Number(waitStartMs) }),
        blockedBy: blockers.map((blocker) => ({
          pid: blocker,
          role: blocker <= 0 ? 'prepared' : roles.of(blocker),
        })),
        ...(news.length === 0 ? {} : { sessions: news }),
      });
    }
    return ownWaitMs;
  }
}
