/** A tar file of `pg_basebackup --format=tar`: the data folder, its WAL, or a tablespace by its oid; compressed by it or later. */
const PART = /^(base|pg_wal|\d+)\.tar(?:\.(?:gz|zst|lz4))?$/;

export interface BackupPart {
  /** File name. */
  readonly name: string;
  /** Where it belongs in the data folder; empty of the data folder itself. */
  readonly place: string;
}

/**
 * The parts of a folder that `pg_basebackup --format=tar` wrote, the data folder first; undefined = it is none.
 * @param names of the files in it
 */
export function backupParts(names: readonly string[]): BackupPart[] | undefined {
  const parts = names.flatMap((name) => {
    const what = PART.exec(name)?.[1];
    if (what === undefined) return [];
    return [{ name, place: what === 'base' ? '' : what === 'pg_wal' ? what : `pg_tblspc/${what}` }];
  });
  if (parts.filter(({ place }) => place === '').length !== 1) return undefined;
  return parts.sort((a, b) => a.place.localeCompare(b.place));
}
