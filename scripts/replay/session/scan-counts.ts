import type { ScannedTable } from '../../artifacts/records/records.ts';
import type { Catalog } from '../../probes/catalog.ts';
import type { CaptureRow } from '../../probes/lock-capture.ts';

/** Relations that hold rows. */
const HOLDS_ROWS = new Set(['r', 'm']);

/**
 * How many rows a session read by sequential scans, as it counts them itself for the statistics: those of ALTER TABLE and
 * CREATE INDEX too. Its counts go on until it hands them over, some time after a transaction.
 */
export class ScanCounts {
  readonly #counts = new Map<number, number>();

  /** The session has handed over what it counted. */
  clear(): void {
    this.#counts.clear();
  }

  /** Rows of each table that were read since the last capture, by the names before the transaction. */
  take([, locks]: CaptureRow, committed: Catalog): ScannedTable[] {
    const scanned: ScannedTable[] = [];
    const counts = new Map(
      locks.flatMap(([oid, , , kind, , , count]) =>
        count != null && HOLDS_ROWS.has(kind ?? '') ? [[oid, count] as const] : [],
      ),
    );
    for (const [oid, count] of counts) {
      const before = this.#counts.get(oid) ?? 0;
      this.#counts.set(oid, count);
      const rows = count >= before ? count - before : count;
      const known = committed.get(oid);
      if (rows > 0 && known !== undefined && HOLDS_ROWS.has(known.kind))
        scanned.push({ relation: known.name, rows });
    }
    return scanned;
  }
}
