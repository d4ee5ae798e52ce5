/** What the head of a pg_dump archive says about itself. */
export interface ArchiveHeader {
  /** Of the archive format, such as `1.14`. */
  readonly formatVersion: string;
  /** Of the pg_dump that wrote it, such as `15.14 (Debian 15.14-1)`. */
  readonly dumpVersion: string;
}

/** compress: an integer before format 1.15, one byte since (pg_backup_archiver.h, K_VERS_1_15). */
const COMPRESSION_AS_BYTE = 15;
/** Seconds, minutes, hours, day, month, year, daylight saving. */
const TIME_FIELDS = 7;

/**
 * Reads the head of a custom archive or of a toc.dat: `PGDMP`, three version bytes, the sizes of integers and offsets, a format
 * byte, the compression, the time, then three strings: database, server version, pg_dump version.
 * Undefined where it is none, or is cut short.
 */
export function parseArchiveHeader(head: Buffer): ArchiveHeader | undefined {
  if (head.toString('latin1', 0, 5) !== 'PGDMP' || head.length < 11) return undefined;
  const [major = 0, minor = 0] = head.subarray(5, 7);
  const intBytes = head[8] ?? 0;
  if (major !== 1 || intBytes < 1 || intBytes > 8) return undefined;
  let at = 11;
  const readInt = (): number => {
    const negative = head[at] === 1;
    let value = 0;
    for (let byte = intBytes; byte >= 1; byte -= 1) value = value * 256 + (head[at + byte] ?? 0);
    at += 1 + intBytes;
    return negative ? -value : value;
  };
  const readString = (): string => {
    const length = Math.max(0, readInt());
    at += length;
    return head.toString('utf8', at - length, at);
  };
  if (minor >= COMPRESSION_AS_BYTE) at += 1;
  else readInt();
  for (let field = 0; field < TIME_FIELDS; field += 1) readInt();
  readString();
  readString();
  const dumpVersion = readString();
  if (at > head.length || !/^\d/.test(dumpVersion)) return undefined;
  return { formatVersion: `${major}.${minor}`, dumpVersion };
}

/** `15.14 (Debian 15.14-1)` → 15; `9.6.24` → 9, which every newer program reads. */
export function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
