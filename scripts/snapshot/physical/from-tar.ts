import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { fileBytes, SourceStream } from '../compressed/source-stream.ts';
import { peek } from '../peek.ts';
import { compressionOf, FORMAT_HEAD_BYTES } from '../snapshot-format.ts';
import { tarEntries } from './tar-entries.ts';

interface Unpacked {
  readonly sha256: string;
  readonly sourceBytes: number;
}

/** Major version, by the first PG_VERSION in it: each database of the folder has one. @throws SNAPSHOT_INVALID */
export async function majorOfTar(path: string, shown: string): Promise<number> {
  const { source } = await opened(path, shown);
  for await (const entry of tarEntries(source.content(), shown)) {
    if (!/(^|\/)PG_VERSION$/.test(entry.path)) continue;
    let text = '';
    for await (const chunk of entry.content()) text += chunk.toString('latin1');
    return parseInt(text, 10);
  }
  throw noDataFolder(shown);
}

/**
 * Unpacks the data folder that a tar archive holds, compressed or not, at its top or in one folder. Only files and folders are made.
 * @param onReading called once, with a way to ask how many bytes of the file have passed
 * @throws SNAPSHOT_INVALID
 */
export async function unpackTar(
  path: string,
  dir: string,
  {
    shown,
    signal,
    onReading,
  }: { shown: string; signal: AbortSignal; onReading: (read: () => number) => void },
): Promise<Unpacked> {
  const top = await topOfTar(path, shown);
  const { source } = await opened(path, shown);
  onReading(() => source.readBytes);
  await mkdir(dir, { mode: 0o700 });
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

/** Where in it the data folder is: `` or `pgdata/`. */
async function topOfTar(path: string, shown: string): Promise<string> {
  const { source } = await opened(path, shown);
  for await (const entry of tarEntries(source.content(), shown)) {
    const found = /^((?:.*\/)?)(?:base|global|pg_wal|pg_xact)(?:\/|$)/.exec(entry.path);
    if (found) return found[1] ?? '';
  }
  throw noDataFolder(shown);
}

async function opened(path: string, shown: string): Promise<{ source: SourceStream }> {
  const { head, all } = await peek(fileBytes(path), FORMAT_HEAD_BYTES);
  const compression = compressionOf(head) ?? 'none';
  return { source: new SourceStream(all, shown, compression) };
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
