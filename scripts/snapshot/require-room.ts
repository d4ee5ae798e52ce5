import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting, SnapshotSource } from '../plan/model.ts';
import { RehearsalError } from '../shared/errors.ts';
import { formatBytes } from '../shared/text/format.ts';
import { withRestoreSession } from './restore-session.ts';
import { remoteSource } from './sources/open-remote.ts';

interface RoomAsked {
  readonly source: SnapshotSource;
  readonly endpoint: PgEndpoint;
  readonly settings: readonly PgSetting[];
  readonly signal: AbortSignal;
}

/**
 * Asks before the first byte whether the disk of the server's data has room for what will be restored. A server whose data lie on
 * another machine is not asked, and a dump alone does not tell how large it will be.
 * @param shown how messages call the source
 * @throws DISK_FULL
 */
export async function requireRoom(
  { source, endpoint, settings, signal }: RoomAsked,
  shown: string,
): Promise<void> {
  const needed = await neededBytes(source);
  if (needed === undefined) return;
  const folder = await withRestoreSession(endpoint, settings, signal, async (client) => {
    const { rows } = await client.query<{ path: string }>("select current_setting('data_directory') as path");
    return rows[0]?.path ?? '';
  });
  const isHere = await stat(join(folder, 'base')).catch(() => undefined);
  if (isHere === undefined) return;
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (needed <= freeBytes) return;
  throw new RehearsalError(
    'DISK_FULL',
    `${shown} takes about ${formatBytes(needed)} once it is restored, and the disk of the server’s data has ${formatBytes(freeBytes)} free`,
    { hint: `nothing was read; make room on the disk of ${folder}, or rehearse where there is more` },
  );
}

/** As large as the database that it comes from; undefined where that is not known, as of a dump, whose text may be larger or smaller. */
async function neededBytes(source: SnapshotSource): Promise<number | undefined> {
  if (source.kind === 'file') return source.production?.bytes;
  return source.kind === 'remote' ? remoteSource(source, process.env).databaseBytes?.() : undefined;
}
