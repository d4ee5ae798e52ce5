import type { WholeTable } from '../../artifacts/records/of-plan/schema-records.ts';
import { sleep } from '../../shared/clock.ts';
import type { Asker } from '../../pg/asker.ts';
import { readTables, type TableStock } from './table-stock.ts';

/** Fewer rows are nothing that grows. */
const FEWEST_ROWS = 1000;
/** So much of a table is all of it: the app goes on meanwhile. */
const WHOLE_SHARE = 0.5;
/** A session hands over what it has counted when it ends; one that stays is not waited for. */
const LONGEST_END_MS = 1000;
const LOOK_MS = 20;

/** Which tables a foreign program rewrote or read as a whole, by catalogs and statistics: what its sessions did is not seen within. */
export class WholeTables {
  readonly #server: Asker;
  #before: ReadonlyMap<number, TableStock> | undefined;

  constructor(server: Asker) {
    this.#server = server;
  }

  /** @throws what PostgreSQL says */
  async begin(): Promise<void> {
    this.#before = await readTables(this.#server);
  }

  /** Since `begin`. @param pids of sessions that are about to be over @throws what PostgreSQL says */
  async end(pids: readonly number[]): Promise<WholeTable[]> {
    const before = this.#before;
    this.#before = undefined;
    if (before === undefined) return [];
    await this.#ended(pids);
    const now = await readTables(this.#server);
    return [...before.values()].flatMap((old) => {
      const later = now.get(old.oid);
      return later === undefined ? [] : changed(old, later);
    });
  }

  async #ended(pids: readonly number[]): Promise<void> {
    for (let waitedMs = 0; waitedMs < LONGEST_END_MS && pids.length > 0; waitedMs += LOOK_MS) {
      const { rows } = await this.#server.query<{ left: boolean }>(
        'select exists (select from pg_stat_get_activity(null) where pid = any($1::int[])) as left',
        [pids],
      );
      if (rows[0]?.left !== true) return;
      await sleep(LOOK_MS);
    }
  }
}

function changed(old: TableStock, later: TableStock): WholeTable[] {
  const isRewritten = old.filenode !== null && later.filenode !== null && old.filenode !== later.filenode;
  const readRows = later.readRows - old.readRows;
  const isRead = old.estimatedRows >= FEWEST_ROWS && readRows >= WHOLE_SHARE * old.estimatedRows;
  return isRewritten || isRead ? [{ table: old.name, isRewritten, readRows: isRead ? readRows : 0 }] : [];
}
