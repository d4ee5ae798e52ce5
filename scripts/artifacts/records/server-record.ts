/**
 * artifacts/server.ndjson: the server once a second. The lags are those of the standby that is furthest behind, all null
 * while none streams; server-probe.ts tells how they are measured. Older runs have none but the replay lag.
 */
export interface ServerRecord {
  readonly tMs: number;
  /** Position of the WAL in bytes since the first record. */
  readonly walBytes: number;
  readonly databaseBytes: number;
  readonly writeLagMs?: number | null;
  readonly flushLagMs?: number | null;
  readonly replayLagMs: number | null;
  /** WAL that is flushed on the primary, and not written, flushed or replayed on the standby. */
  readonly writeLagBytes?: number | null;
  readonly flushLagBytes?: number | null;
  readonly replayLagBytes: number | null;
}
