import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotSource } from '../../plan/model.ts';
import { backupParts, type BackupPart } from '../../plan/physical-backup.ts';
import { RehearsalError } from '../../shared/errors.ts';
import type { ReadSoFar } from '../progress-ticker.ts';
import { remoteSource } from '../sources/open-remote.ts';
import type { RemoteFacts } from '../sources/read-remote.ts';
import { liveServer } from '../sources/postgres/live-server.ts';
import { readControlFile } from './control-file.ts';
import { copyDataFolder, folderBytes, majorOfFolder, serverOn } from './from-folder.ts';
import { baseBackup, factsOfServer } from './from-server.ts';
import { majorOfTar, remoteTar, tarFile, unpackBackup, unpackTar, type TarFile } from './from-tar.ts';

type Source = Extract<SnapshotSource, { kind: 'physical' }>;

/** How one way brings the folder. */
interface Way {
  major(signal: AbortSignal): Promise<number>;
  /** What it takes on the disk, in bytes; of a compressed file only that. */
  bytes(): Promise<number>;
  bring(dir: string, signal: AbortSignal, onReading: (read: () => ReadSoFar) => void): Promise<Brought>;
}

export interface Brought {
  /** Absent of what is no single file. */
  readonly sha256?: string;
  readonly sourceBytes: number;
  /** Folders of tablespaces that were taken in. */
  readonly tablespaces: readonly string[];
}

/** How a source brings its folder. @throws SNAPSHOT_NOT_FOUND, CONNECTION_FAILED */
export async function wayOf(source: Source, shown: string, env: NodeJS.ProcessEnv): Promise<Way> {
  if ('url' in source) {
    const server = liveServer(new URL(source.url), env);
    return {
      major: async () => (await factsOfServer(server)).major,
      bytes: async () => (await factsOfServer(server)).bytes,
      async bring(dir, signal, onReading) {
        const facts = await factsOfServer(server);
        const { maxBytesPerSec } = source;
        const tablespaces = await baseBackup(dir, { facts, maxBytesPerSec, env, signal, onReading });
        return { sourceBytes: await folderBytes(dir), tablespaces };
      },
    };
  }
  if ('tarUrl' in source) return wayOfRemoteTar(source.tarUrl, env);
  const { path } = source;
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new RehearsalError('SNAPSHOT_NOT_FOUND', `the snapshot ${path} does not exist`);
  if (!found.isDirectory()) return wayOfTar(tarFile(path, shown), () => Promise.resolve(found.size));
  const parts = backupParts(await readdir(path));
  if (parts !== undefined) return wayOfBackup(path, parts, shown);
  return {
    major: () => majorOfFolder(path, shown),
    bytes: () => folderBytes(path),
    async bring(dir, signal, onReading) {
      await requireStopped(path, shown);
      const before = await readControlFile(path, shown);
      const totalBytes = await folderBytes(path);
      let bytes = 0;
      onReading(() => ({ bytes, totalBytes }));
      const onFile = (size: number): void => void (bytes += size);
      const tablespaces = await copyDataFolder(path, dir, { shown, signal, onFile });
      const after = await readControlFile(path, shown);
      if (before.sha256 !== after.sha256)
        throw new RehearsalError('SNAPSHOT_INVALID', `${shown} changed while it was copied`);
      return { sourceBytes: bytes, tablespaces };
    },
  };
}

/** @param sizeOf the file's bytes; 0 = nobody knows */
function wayOfTar(tar: TarFile, sizeOf: () => Promise<number>): Way {
  return {
    major: (signal) => majorOfTar(tar, signal),
    bytes: sizeOf,
    async bring(dir, signal, onReading) {
      const totalBytes = await sizeOf();
      const on = (readBytes: () => number): void => {
        onReading(() => ({ bytes: readBytes(), totalBytes: totalBytes === 0 ? null : totalBytes }));
      };
      return { ...(await unpackTar(tar, dir, { signal, onReading: on })), tablespaces: [] };
    },
  };
}

/** It says how large it is when it is asked which version it is of. */
function wayOfRemoteTar(url: string, env: NodeJS.ProcessEnv): Way {
  const facts: RemoteFacts = { sizeBytes: null, cuts: 0 };
  return wayOfTar(remoteTar(remoteSource({ url }, env), facts), () => Promise.resolve(facts.sizeBytes ?? 0));
}

/** Of a folder of tar files. */
function wayOfBackup(path: string, parts: readonly BackupPart[], shown: string): Way {
  const bytes = async (): Promise<number> => {
    const sizes = await Promise.all(parts.map(async ({ name }) => (await stat(join(path, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  return {
    major: (signal) => majorOfTar(tarFile(join(path, parts[0]?.name ?? ''), shown), signal),
    bytes,
    async bring(dir, signal, onReading) {
      const totalBytes = await bytes();
      const on = (readBytes: () => number): void => {
        onReading(() => ({ bytes: readBytes(), totalBytes }));
      };
      return unpackBackup(path, parts, dir, { shown, signal, onReading: on });
    },
  };
}

async function requireStopped(path: string, shown: string): Promise<void> {
  const pid = await serverOn(path);
  if (pid === undefined) return;
  throw new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} is the folder of a server that runs (process ${pid})`,
    {
      hint: 'A running server is copied by pg_basebackup: snapshot: { physical: postgres://… }',
    },
  );
}
