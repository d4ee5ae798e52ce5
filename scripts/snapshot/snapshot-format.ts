import { open, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RehearsalError } from '../shared/errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'lz4';
type SnapshotFormat =
  | { readonly type: 'sql'; readonly compression: Compression }
  | { readonly type: 'archive'; readonly format: ArchiveFormat };
/** The formats of `pg_dump --format` that pg_restore reads. */
export type ArchiveFormat = 'custom' | 'directory' | 'tar';

/** A tar header takes 512 bytes; all other marks stand further to the front. */
export const FORMAT_HEAD_BYTES = 512;

/**
 * What a snapshot is, told by its content and not by its name. `shown` is how messages call it.
 * @throws SNAPSHOT_NOT_FOUND, SNAPSHOT_INVALID
 */
export async function detectFormat(path: string, shown: string): Promise<SnapshotFormat> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new RehearsalError('SNAPSHOT_NOT_FOUND', `the snapshot ${path} does not exist`);
  if (found.isDirectory()) {
    if (existsSync(join(path, 'toc.dat'))) return { type: 'archive', format: 'directory' };
    throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is a folder, but not an archive of pg_dump`, {
      hint: existsSync(join(path, 'PG_VERSION'))
        ? 'It is a data folder of PostgreSQL: name it by physical: instead of source:.'
        : 'pg_dump --format=directory writes a folder with a toc.dat in it',
    });
  }
  if (!found.isFile()) throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is not a file`);
  return formatOfHead(await readHead(path), shown);
}

/** Likewise, told by its first bytes, of which there are at least 512 where it has as many. @throws SNAPSHOT_INVALID */
export function formatOfHead(head: Buffer, shown: string): SnapshotFormat {
  if (head.length === 0) throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is not SQL: it is empty`);
  const compression = compressionOf(head);
  if (compression !== undefined) return { type: 'sql', compression };
  const archive = archiveFormat(head);
  if (archive) return { type: 'archive', format: archive };
  if (isTar(head)) {
    throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is a tar file, but not one that pg_dump wrote`, {
      hint: 'Unpack it and name the dump inside it; a copy of a data folder is named by physical: instead of source:.',
    });
  }
  return { type: 'sql', compression: 'none' };
}

/** By what these first bytes say; undefined of what is not compressed. */
export function compressionOf(head: Buffer): Compression | undefined {
  if (startsWith(head, [0x1f, 0x8b])) return 'gzip';
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) || isSkippableFrame(head)) return 'zstd';
  return startsWith(head, [0x04, 0x22, 0x4d, 0x18]) ? 'lz4' : undefined;
}

/** Which pg_dump archive begins with these bytes, if any. */
export function archiveFormat(head: Buffer): 'custom' | 'tar' | undefined {
  if (head.toString('latin1', 0, 5) === 'PGDMP') return 'custom';
  return isTar(head) && head.toString('latin1', 0, 8) === 'toc.dat\0' ? 'tar' : undefined;
}

/** POSIX puts the word at byte 257 of each header. */
function isTar(head: Buffer): boolean {
  return head.toString('latin1', 257, 262) === 'ustar';
}

/** Parallel zstd writers begin with a skippable frame, magic 0x184D2A5? (RFC 8878, 3.1.2). */
function isSkippableFrame(head: Buffer): boolean {
  return (head[0] ?? 0) >> 4 === 5 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]);
}

function startsWith(head: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FORMAT_HEAD_BYTES), 0, FORMAT_HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
