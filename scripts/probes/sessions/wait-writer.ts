import type { SessionRole, WaitRecord } from '../../artifacts/records/records.ts';
import type { WaitStreamRecord } from '../../artifacts/records/sighting-records.ts';
import type { Asker } from '../../pg/asker.ts';
import type { LookRow } from '../lock-queries.ts';
import { Concerned } from '../looks/concerned.ts';
import { shortened, type Shortened } from '../looks/queue.ts';
import { SightingLog, type Sight } from '../looks/sighting-log.ts';
import type { ToldWaits } from '../looks/told-waits.ts';
import type { RelationNames } from '../relation-names.ts';
import { PreparedTransactions, withPrepared } from './prepared-transactions.ts';
import { BlockerFacts } from './session-facts.ts';
import type { SessionRoles } from './session-roles.ts';

interface Parts {
  readonly server: Asker;
  readonly roles: SessionRoles;
  readonly names: RelationNames;
  readonly waits: { write(record: WaitStreamRecord): void };
  /** Who wants to know who was told of. */
  readonly told?: ToldWaits | undefined;
}

/**
 * Writes who waits for whom, with who they are and what those in the way do, as far as it changes; see concerned.ts for what is left
 * out.
 */
export class WaitWriter {
  readonly #parts: Parts;
  readonly #facts: BlockerFacts;
  readonly #prepared = new PreparedTransactions();
  readonly #concerned = new Concerned();
  readonly #log: SightingLog<WaitRecord>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#facts = new BlockerFacts((pid) => parts.roles.nameOf(pid));
    this.#log = new SightingLog(parts.waits);
  }

  /** @param rows of those who wait */
  async write(rows: readonly LookRow[], tMs: number): Promise<void> {
    const { server, roles, names, told } = this.#parts;
    const isApp = (pid: number): boolean => this.#roleOf(pid) === 'app';
    const everybody = rows.map((row) => {
      const [pid, locktype, , , , , waitStart, blockers] = row;
      return { pid, locktype, waitStart, blockers, row };
    });
    await roles.learn(server, new Set(everybody.flatMap(({ pid, blockers }) => [pid, ...blockers])));
    const backends = this.#concerned.of(everybody, isApp);
    if (backends.length === 0) {
      this.#log.look(tMs, []);
      return;
    }
    told?.add(
      backends.map(({ pid }) => pid),
      tMs,
    );
    const prepared = await this.#prepared.behind(server, backends);
    const inTheWay = new Set(backends.flatMap(({ blockers }) => blockers.filter((pid) => pid > 0)));
    const sessions = await this.#facts.changed(server, inTheWay, tMs);
    await names.learn(backends.flatMap(({ row: [, , , oid] }) => (oid === null ? [] : [Number(oid)])));
    const waiters = backends.map(({ pid, blockers }) => ({
      pid,
      blockers: withPrepared(blockers, prepared.get(pid)),
    }));
    const queue = shortened(waiters, isApp);
    this.#log.look(
      tMs,
      backends.map(({ pid, row }) => this.#sight(row, queue.get(pid), tMs)),
    );
    for (const facts of [...sessions, ...this.#prepared.news(prepared)])
      this.#parts.waits.write({ type: 'session', tMs, ...facts });
  }

  close(): void {
    this.#log.close();
  }

  #roleOf(pid: number): SessionRole {
    return pid <= 0 ? 'prepared' : this.#parts.roles.of(pid);
  }

  #sight(row: LookRow, queued: Shortened | undefined, tMs: number): Sight<WaitRecord> {
    const [pid, locktype, mode, oid, , waitedMs, waitStartMs] = row;
    const fixed = {
      pid,
      role: this.#roleOf(pid),
      relation: oid === null ? null : this.#parts.names.of(Number(oid)),
      locktype,
      mode,
      ...(waitStartMs === null ? {} : { waitStartMs: Number(waitStartMs) }),
      blockedBy: (queued?.own ?? []).map((blocker) => ({ pid: blocker, role: this.#roleOf(blocker) })),
      ...(queued?.after === undefined ? {} : { after: queued.after }),
    };
    // waitstart is empty for a moment after the wait began (PostgreSQL's manual, pg_locks).
    const sinceMs = tMs - Math.max(0, Number(waitedMs ?? 0));
    return { key: String(pid), told: JSON.stringify(fixed), record: { ...fixed, tMs, sinceMs } };
  }
}
