/** artifacts/probes.ndjson: the life of each probe. One that has no `stopped` line died. */
export interface ProbeRecord {
  readonly probe: 'requests' | 'waits' | 'server' | 'compatibility' | 'presence' | 'schema' | 'rollback';
  readonly event: 'started' | 'stopped' | 'died' | 'gap';
  readonly tMs: number;
  readonly message: string | null;
  /** Of a gap, which ended at `tMs`. */
  readonly awayMs?: number;
}
