import type { SessionFacts } from '../../artifacts/records/records.ts';
import type { Asker } from '../../pg/asker.ts';
import { redact } from '../../shared/text/redact.ts';

/**
 * The prepared transactions that hold what sessions wait for. They belong to no backend: pg_blocking_pids() says 0, and pg_locks
 * has no pid for them. What tells which is which is the lock that each holds on its own transaction id.
 */
const HOLDERS = {
  name: 'rehearse_prepared',
  rowMode: 'array' as const,
  text: `select distinct w.pid, p.gid, extract(epoch from clock_timestamp() - p.prepared) * 1000
           from pg_locks w
           join pg_locks h on h.pid is null and h.granted and h.locktype = w.locktype
            and (h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid, h.classid, h.objid, h.objsubid)
                is not distinct from
                (w.database, w.relation, w.page, w.tuple, w.virtualxid, w.transactionid, w.classid, w.objid, w.objsubid)
           join pg_locks x on x.pid is null and x.locktype = 'transactionid' and x.granted
            and x.virtualtransaction = h.virtualtransaction
           join pg_prepared_xacts p on p.transaction = x.transactionid
          where not w.granted and w.pid = any($1::int[])`,
};
type HolderRow = [pid: number, gid: string, ageMs: string];

/** What pg_blocking_pids() says for any of them. */
const NO_BACKEND = 0;

/** Prepared transactions get process ids of their own below 0, the same one each time. */
export class PreparedTransactions {
  readonly #ids = new Map<string, number>();
  readonly #told = new Set<number>();

  /** @returns by waiter, who of those it waits for; empty where none of `waiters` waits for a prepared transaction */
  async behind(
    server: Asker,
    waiters: readonly { readonly pid: number; readonly blockers: readonly number[] }[],
  ): Promise<ReadonlyMap<number, readonly SessionFacts[]>> {
    const pids = waiters.filter(({ blockers }) => blockers.includes(NO_BACKEND)).map(({ pid }) => pid);
    const behind = new Map<number, SessionFacts[]>();
    if (pids.length === 0) return behind;
    const { rows } = await server.query<HolderRow>({ ...HOLDERS, values: [pids] });
    for (const [pid, gid, ageMs] of rows) {
      const facts = {
        pid: this.#idOf(gid),
        applicationName: redact(gid),
        state: 'prepared',
        query: null,
        transactionMs: Number(ageMs),
      };
      behind.set(pid, [...(behind.get(pid) ?? []), facts]);
    }
    return behind;
  }

  /** Those of `behind` that were not asked for before. */
  news(behind: ReadonlyMap<number, readonly SessionFacts[]>): SessionFacts[] {
    return [...behind.values()].flat().filter(({ pid }) => {
      const isNew = !this.#told.has(pid);
      this.#told.add(pid);
      return isNew;
    });
  }

  #idOf(gid: string): number {
    const id = this.#ids.get(gid) ?? -(this.#ids.size + 1);
    this.#ids.set(gid, id);
    return id;
  }
}

/** `blockers` with the prepared ones in the place of those without a backend. */
export function withPrepared(
  blockers: readonly number[],
  prepared: readonly SessionFacts[] | undefined,
): number[] {
  const backends = blockers.filter((pid) => pid !== NO_BACKEND);
  if (backends.length === blockers.length) return backends;
  return [...backends, ...(prepared?.map(({ pid }) => pid) ?? [NO_BACKEND])];
}
