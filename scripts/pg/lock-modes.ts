/** Table-level lock modes from weakest to strongest (PostgreSQL 18 manual, section 13.3.1). */
const MODES = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
];

/** 1 for AccessShareLock to 8 for AccessExclusiveLock; 0 for a mode that is none of a table. */
export function lockStrength(mode: string): number {
  return MODES.indexOf(mode) + 1;
}

/**
 * Whether reads (ACCESS SHARE) or writes (ROW EXCLUSIVE) of the app must wait for a lock of this mode: by the table of
 * conflicting lock modes (PostgreSQL 18 manual, Table 13.2) those are SHARE and all above it.
 */
export function blocksTraffic(mode: string): boolean {
  return lockStrength(mode) >= lockStrength('ShareLock');
}

/** Mode of an own lock that says nothing: every query takes it. */
export function isAccessShare(mode: string): boolean {
  return lockStrength(mode) <= 1;
}

/** `AccessExclusiveLock` → `ACCESS EXCLUSIVE`, as SQL and the manual write it. */
export function modeName(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}
