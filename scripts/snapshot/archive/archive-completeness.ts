import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveFormat } from '../snapshot-format.ts';

/*
 * pg_restore takes what is left of a tar archive, an empty file or an uncompressed data file of a directory for the whole, and
 * reports no error (seen with 15.20). So their ends are looked at here; it does notice a custom archive or a gzip file that
 * breaks off.
 */

const TAR_BLOCK_BYTES = 512;
/** How pg_dump ends the data of a table: COPY's closing line, or the last INSERT, or no rows of INSERT. */
const DATA_END = /(?:^|\n)\\\.\n\n\n$|;\n\n\n$|^\n\n$/;
const DATA_END_BYTES = 6;

/** The part of an archive that is cut short, such as `3351.dat`; undefined where none is seen to be. */
export async function cutPart(path: string, format: ArchiveFormat): Promise<string | undefined> {
  if (format === 'custom') return undefined;
  return format === 'tar' ? cutMember(path) : cutFile(path);
}

async function cutMember(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (let at = 0; ;) {
      const header = await readAt(file, at, TAR_BLOCK_BYTES);
      if (header.length < TAR_BLOCK_BYTES) return 'its end';
      if (header.every((byte) => byte === 0)) return undefined;
      at += TAR_BLOCK_BYTES + Math.ceil(memberBytes(header) / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
      if (at > size) return header.toString('utf8', 0, header.indexOf(0));
    }
  } finally {
    await file.close();
  }
}

/** Octal digits, or above 8 GB a binary number marked by its first bit. */
function memberBytes(header: Buffer): number {
  const field = header.subarray(124, 136);
  if ((field[0] ?? 0) & 0x80) return Number(field.readBigUInt64BE(4));
  return Number.parseInt(field.toString('latin1'), 8) || 0;
}

async function cutFile(folder: string): Promise<string | undefined> {
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const { size } = await stat(path);
    if (/\.(gz|lz4|zst)$/.test(name) && size === 0) return name;
    if (/^\d+\.dat$/.test(name) && !(await endsAsData(path, size))) return name;
  }
  return undefined;
}

async function endsAsData(path: string, size: number): Promise<boolean> {
  const file = await open(path);
  try {
    const end = await readAt(file, Math.max(0, size - DATA_END_BYTES), DATA_END_BYTES);
    return DATA_END.test(end.toString('latin1'));
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
