import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupPart } from '../../plan/physical-backup.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { fileBytes, SourceStream } from '../compressed/source-stream.ts';
import { readRemote, type RemoteFacts } from '../sources/read-remote.ts';
import type { RemoteSource } from '../sources/remote-source.ts';
import { peek } from '../peek.ts';
import { compressionOf, FORMAT_HEAD_BYTES } from '../snapshot-format.ts';
import { tarEntries } from './tar-entries.ts';

const MANIFEST = 'backup_manifest';

interface Unpacked {
  readonly sha256: string;
  readonly sourceBytes: number;
}

/** A tar file, which is read more than once: its top has to be known before it is unpacked. */
export interface TarFile {
  /** How messages call it. */
  readonly shown: string;
  /** Of it as it is, compressed or not. */
  bytes(signal: AbortSignal): AsyncIterable<Buffer>;
}

export function tarFile(path: string, shown: string): TarFile {
  return { shown, bytes: () => fileBytes(path) };
}

/** One that lies elsewhere. The way to it may break, and goes on. */
export function remoteTar(source: RemoteSource, facts: RemoteFacts): TarFile {
  return {
    shown: source.shown,
    async *bytes(signal) {
      const over = new AbortController();
      try {
        yield* readRemote(source, { signal: AbortSignal.any([signal, over.signal]), facts });
      } finally {
        over.abort(new Error('the archive is read no more'));
        await source.close?.();
      }
    },
  };
}

/** Major version, by the first PG_VERSION in it: each database of the folder has one. @throws SNAPSHOT_INVALID */
export async function majorOfTar(tar: TarFile, signal: AbortSignal): Promise<number> {
  const { shown } = tar;
  const { source } = await opened(tar, signal);
  for await (const entry of tarEntries(source.content(), shown)) {
    if (!/(^|\/)PG_VERSION$/.test(entry.path)) continue;
    let text = '';
    for await (const chunk of entry.content()) text += chunk.toString('latin1');
    return parseInt(text, 10);
  }
  throw noDataFolder(shown);
}

interface Unpacking {
  readonly signal: AbortSignal;
  /** Called once, with a way to ask how many bytes of the file have passed. */
  readonly onReading: (read: () => number) => void;
}

/**
 * Unpacks the data folder that a tar archive holds, compressed or not, at its top or in one folder. Only files and folders are made.
 * @throws SNAPSHOT_INVALID, also where it names tablespaces and brings none
 */
export async function unpackTar(tar: TarFile, dir: string, unpacking: Unpacking): Promise<Unpacked> {
  const unpacked = await unpackPart(tar, dir, await topOfTar(tar, unpacking.signal), unpacking);
  await requireTablespaces(dir, tar.shown);
  return unpacked;
}

/**
 * Unpacks what `pg_basebackup --format=tar` wrote: the data folder, then its WAL and its tablespaces into their places.
 * @returns where the tablespaces lie on their server
 * @throws SNAPSHOT_INVALID
 */
export async function unpackBackup(
  folder: string,
  parts: readonly BackupPart[],
  dir: string,
  { shown, signal, onReading }: Unpacking & { readonly shown: string },
): Promise<{ readonly sourceBytes: number; readonly tablespaces: readonly string[] }> {
  let sourceBytes = 0;
  for (const { name, place } of parts) {
    const readBefore = sourceBytes;
    const tar = tarFile(join(folder, name), `${shown}/${name}`);
    const unpacked = await unpackPart(tar, join(dir, place), '', {
      signal,
      onReading: (read) => {
        onReading(() => readBefore + read());
      },
    });
    sourceBytes += unpacked.sourceBytes;
  }
  await copyFile(join(folder, MANIFEST), join(dir, MANIFEST), constants.COPYFILE_EXCL).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    },
  );
  return { sourceBytes, tablespaces: await requireTablespaces(dir, shown) };
}

/** @param top where in the archive that is which comes into the folder: `` or `pgdata/` */
async function unpackPart(
  tar: TarFile,
  dir: string,
  top: string,
  { signal, onReading }: Unpacking,
): Promise<Unpacked> {
  const { shown } = tar;
  const { source } = await opened(tar, signal);
  onReading(() => source.readBytes);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for await (const entry of tarEntries(source.content(), shown)) {
    signal.throwIfAborted();
    if (!entry.path.startsWith(top)) continue;
    const inside = entry.path.slice(top.length);
    const parts = inside.split('/');
    if (inside === '' || parts.some((part) => part === '' || part === '.' || part === '..')) continue;
    if (entry.type === 'link' && (parts[0] === 'pg_tblspc' || inside === 'pg_wal'))
      throw leadsOut(shown, inside);
    const to = join(dir, inside);
    if (entry.type === 'folder') await mkdir(to, { recursive: true, mode: 0o700 });
    if (entry.type !== 'file') continue;
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    const file = await open(to, 'wx', 0o600);
    try {
      for await (const chunk of entry.content()) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
  }
  return { sha256: await source.sha256(), sourceBytes: source.readBytes };
}

/**
 * In a tar file of pg_basebackup no links stand for tablespaces, but lines of `tablespace_map`, of which a server would make links.
 * @returns where they lie on their server
 */
async function requireTablespaces(dir: string, shown: string): Promise<string[]> {
  const map = await readFile(join(dir, 'tablespace_map'), 'utf8').catch(() => '');
  const tablespaces = [...map.matchAll(/^(\d+) (.+)$/gm)].map(([, oid = '', place = '']) => ({ oid, place }));
  for (const { oid, place } of tablespaces) {
    const found = await readdir(join(dir, 'pg_tblspc', oid)).catch(() => []);
    if (found.length > 0) continue;
    throw new RehearsalError(
      'SNAPSHOT_INVALID',
      `${shown} does not bring the tablespace ${place}, whose files are in ${oid}.tar beside it`,
      { hint: 'Name the folder that pg_basebackup wrote, with all its tar files, instead of base.tar.' },
    );
  }
  return tablespaces.map(({ place }) => place);
}

/** Where in it the data folder is: `` or `pgdata/`. */
async function topOfTar(tar: TarFile, signal: AbortSignal): Promise<string> {
  const { shown } = tar;
  const { source } = await opened(tar, signal);
  for await (const entry of tarEntries(source.content(), shown)) {
    const found = /^((?:.*\/)?)(?:base|global|pg_wal|pg_xact)(?:\/|$)/.exec(entry.path);
    if (found) return found[1] ?? '';
  }
  throw noDataFolder(shown);
}

async function opened(tar: TarFile, signal: AbortSignal): Promise<{ source: SourceStream }> {
  const { head, all } = await peek(tar.bytes(signal), FORMAT_HEAD_BYTES);
  const compression = compressionOf(head) ?? 'none';
  return { source: new SourceStream(all, tar.shown, compression) };
}

function noDataFolder(shown: string): RehearsalError {
  return new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} is no tar archive of a data folder: no PG_VERSION is in it`,
    {
      hint: 'pg_basebackup --format=tar writes one, and tar of the folder of a stopped server is one.',
    },
  );
}

function leadsOut(shown: string, link: string): RehearsalError {
  return new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} has in ${link} a link to another folder of its server, and not what is in that`,
    { hint: 'Take the copy as a folder (pg_basebackup --format=plain), or name the server itself.' },
  );
}
