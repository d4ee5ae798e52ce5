import type { Disarmed } from '../../artifacts/records/records.ts';

/** A data folder of production’s, wherever it comes from, for whoever starts a server on it. */
export interface PhysicalCopy {
  /** How messages call it: without secrets. */
  readonly shown: string;
  /** The database that is rehearsed; undefined = the only one beside `postgres` and the templates. */
  readonly database: string | undefined;
  /** The author's word that its server may start where it could reach others. */
  readonly mayReachOut: boolean;
  /** Major version of the server that wrote it. @throws SNAPSHOT_INVALID, SNAPSHOT_NOT_FOUND, CONNECTION_FAILED */
  major(signal: AbortSignal): Promise<number>;
  /**
   * Makes the folder, which is not there yet, without whatever could reach production by a file.
   * @throws SNAPSHOT_INVALID, DISK_FULL, RESTORE_FAILED, CONNECTION_FAILED, or the signal's reason; the folder may be there in part then
   */
  fill(dir: string, signal: AbortSignal): Promise<FilledFolder>;
}

export interface FilledFolder {
  /** Of the file's bytes; of what is no single file, of its pg_control. */
  readonly sha256: string;
  readonly sourceBytes: number;
  /** ISO 8601 */
  readonly takenAt: string;
  readonly disarmed: readonly Disarmed[];
  /** What is worth knowing, as sentences for the report. */
  readonly warnings: readonly string[];
}

/** A copy that a server runs on: disarmed in its files and, before anybody could connect, in its catalogs. */
export interface StartedCopy extends FilledFolder {
  /** Event triggers were all off at the first start; as they were: `O`, `R` or `A` of pg_event_trigger. */
  readonly eventTriggers: readonly { readonly name: string; readonly enabled: string }[];
}
