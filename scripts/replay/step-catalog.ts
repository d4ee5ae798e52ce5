import type { LockEntry } from '../artifacts/records.ts';
import type { PgClient } from '../pg/client.ts';
import { readCatalog, type Catalog } from '../probes/catalog.ts';
import { readCapture, type Capture, type CaptureRow } from '../probes/lock-capture.ts';

/** What the database looked like when the step began, and what it looks like by now. */
export class StepCatalog {
  readonly #existing: Catalog;
  #now: Catalog;
  #walPosition: number;

  private constructor(catalog: Catalog, walPosition: number) {
    this.#existing = catalog;
    this.#now = catalog;
    this.#walPosition = walPosition;
  }

  static async read(client: PgClient): Promise<StepCatalog> {
    return new StepCatalog(await readCatalog(client), await walPosition(client));
  }

  /** Call right before a unit: the app has written WAL in the meantime. */
  async markWal(client: PgClient): Promise<void> {
    this.#walPosition = await walPosition(client);
  }

  /** Takes in an answer to CAPTURE; returns it with the WAL written since the last mark or capture. */
  absorb(row: CaptureRow): Capture & { walBytes: number } {
    const capture = readCapture(row, this.#now, this.#existing);
    const walBytes = Math.max(0, capture.walPosition - this.#walPosition);
    this.#walPosition = capture.walPosition;
    this.#now = capture.after;
    return { ...capture, walBytes };
  }

  /** After a statement that could not be captured: compares the whole catalog. */
  async compare(client: PgClient): Promise<{ rewrote: string[]; sizeChangeBytes: number; walBytes: number }> {
    const before = this.#now;
    const startWal = this.#walPosition;
    this.#now = await readCatalog(client);
    this.#walPosition = await walPosition(client);
    const rewrote = [...this.#now].filter(([oid, { filenode }]) => {
      const old = before.get(oid)?.filenode ?? null;
      return old !== null && filenode !== null && old !== filenode;
    });
    return {
      rewrote: rewrote.map(([, { name }]) => name),
      sizeChangeBytes: totalBytes(this.#now) - totalBytes(before),
      walBytes: Math.max(0, this.#walPosition - startWal),
    };
  }
}

/** Locks as they were before the first statement of a transaction. */
export const NO_LOCKS: readonly LockEntry[] = [];

function totalBytes(catalog: Catalog): number {
  let total = 0;
  for (const { sizeBytes } of catalog.values()) total += sizeBytes;
  return total;
}

async function walPosition(client: PgClient): Promise<number> {
  const { rows } = await client.query<[string]>({
    text: "select pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn",
    rowMode: 'array',
  });
  return Number(rows[0]?.[0] ?? 0);
}
