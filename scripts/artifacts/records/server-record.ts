import { z } from 'zod';
import { moment, number } from './primitives.ts';

/**
 * artifacts/server.ndjson: the server once a second. The lags are those of the standby that is furthest behind, all null
 * while none streams; server-probe.ts tells how they are measured. Older runs have none but the replay lag.
 */
export const ServerRecord = z.object({
  tMs: moment,
  /** Position of the WAL in bytes since the first record. */
  walBytes: number,
  databaseBytes: number,
  writeLagMs: number.nullable().exactOptional(),
  flushLagMs: number.nullable().exactOptional(),
  replayLagMs: number.nullable(),
  /** WAL that is flushed on the primary, and not written, flushed or replayed on the standby. */
  writeLagBytes: number.nullable().exactOptional(),
  flushLagBytes: number.nullable().exactOptional(),
  replayLagBytes: number.nullable(),
});
export type ServerRecord = z.infer<typeof ServerRecord>;
