import { readdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Disarmed } from '../../artifacts/records/records.ts';
import type { SnapshotSource } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text/format.ts';
import { ProgressTicker, type OnProgress, type ReadSoFar } from '../progress-ticker.ts';
import { liveServer } from '../sources/postgres/live-server.ts';
import { verifyManifest } from './backup-manifest.ts';
import { readControlFile, type ControlFile } from './control-file.ts';
import { disarmFiles } from './disarm-files.ts';
import { copyDataFolder, folderBytes, majorOfFolder, serverOn } from './from-folder.ts';
import { baseBackup, factsOfServer } from './from-server.ts';
import { majorOfTar, unpackTar } from './from-tar.ts';
import type { FilledFolder, PhysicalCopy } from './physical-copy.ts';

type Source = Extract<SnapshotSource, { kind: 'physical' }>;

interface OpenOptions {
  readonly shown: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: OnProgress;
}

/** How one way brings the folder. */
interface Way {
  major(signal: AbortSignal): Promise<number>;
  /** What it takes on the disk, in bytes; of a compressed file only that. */
  bytes(): Promise<number>;
  bring(dir: string, signal: AbortSignal, onReading: (read: () => ReadSoFar) => void): Promise<Brought>;
}

interface Brought {
  /** Absent of what is no single file. */
  readonly sha256?: string;
  readonly sourceBytes: number;
  /** Folders of tablespaces that were taken in. */
  readonly tablespaces: readonly string[];
}

/** A physical copy by what the rehearsal says of it. Nothing is read yet. */
export async function openPhysical(source: Source, options: OpenOptions): Promise<PhysicalCopy> {
  const { shown, env, onProgress } = options;
  const way = await wayOf(source, shown, env);
  return {
    shown,
    database: source.database ?? databaseOf(source, env),
    mayReachOut: source.confined === false,
    major: (signal) => way.major(signal),
    async fill(dir, signal) {
      await requireRoomFor(await way.bytes(), dirname(dir), shown);
      let read: (() => ReadSoFar) | undefined;
      const ticker = new ProgressTicker(onProgress, () => read?.());
      try {
        ticker.detail = `copying ${shown}`;
        const brought = await way.bring(dir, signal, (how) => void (read = how));
        read = undefined;
        ticker.detail = `verifying ${shown}`;
        return await settled(dir, brought, shown, signal);
      } finally {
        ticker.stop();
      }
    },
  };
}

/** The folder as it came: is it whole, and nothing of it armed. */
async function settled(
  dir: string,
  { sha256, sourceBytes, tablespaces }: Brought,
  shown: string,
  signal: AbortSignal,
): Promise<FilledFolder> {
  await majorOfFolder(dir, shown);
  const control = await readControlFile(dir, shown);
  const label = await readFile(join(dir, 'backup_label'), 'utf8').catch(() => undefined);
  requireConsistent(control, label, shown);
  if (label !== undefined) await requireWal(dir, shown);
  const isVerified = await verifyManifest(dir, shown, signal);
  const disarmed: Disarmed[] = await disarmFiles(dir);
  const places = tablespaces.map((name) => ({ kind: 'tablespace' as const, name }));
  return {
    sha256: sha256 ?? control.sha256,
    sourceBytes,
    takenAt: takenAt(label, control).toISOString(),
    disarmed: [...disarmed, ...places],
    warnings: [
      `The physical copy is of the cluster ${control.systemIdentifier}, ${label === undefined ? control.state : 'with a backup_label'}${isVerified ? ', as its backup_manifest lists it' : ''}.`,
    ],
  };
}

function requireConsistent(
  { isShutDown, state }: ControlFile,
  label: string | undefined,
  shown: string,
): void {
  if (isShutDown || label !== undefined) return;
  throw new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} is no whole copy: its server was ${state} when it was made, and it has no backup_label`,
    {
      hint: 'Take it by pg_basebackup, between pg_backup_start and pg_backup_stop, or of a server that was stopped.',
    },
  );
}

async function requireWal(dir: string, shown: string): Promise<void> {
  const names = await readdir(join(dir, 'pg_wal')).catch(() => []);
  if (names.some((name) => /^[0-9A-F]{24}$/.test(name))) return;
  throw new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} has no WAL in pg_wal, without which it is not consistent`,
    {
      hint: 'Take it with its WAL: pg_basebackup --wal-method=stream, in the format tar --wal-method=fetch.',
    },
  );
}

/** `START TIME: 2026-11-20 02:00:00 UTC`; other zones have names that mean several. */
function takenAt(label: string | undefined, { time }: ControlFile): Date {
  const start = /^START TIME: (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:UTC|GMT)$/m.exec(label ?? '');
  return start ? new Date(`${start[1] ?? ''}T${start[2] ?? ''}Z`) : time;
}

async function wayOf(source: Source, shown: string, env: NodeJS.ProcessEnv): Promise<Way> {
  if ('url' in source) {
    const server = liveServer(new URL(source.url), env);
    return {
      major: async () => (await factsOfServer(server)).major,
      bytes: async () => (await factsOfServer(server)).bytes,
      async bring(dir, signal, onReading) {
        const facts = await factsOfServer(server);
        const { maxBytesPerSec } = source;
        const tablespaces = await baseBackup(server, dir, { facts, maxBytesPerSec, env, signal, onReading });
        return { sourceBytes: await folderBytes(dir), tablespaces };
      },
    };
  }
  const { path } = source;
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new RehearsalError('SNAPSHOT_NOT_FOUND', `the snapshot ${path} does not exist`);
  if (!found.isDirectory())
    return {
      major: () => majorOfTar(path, shown),
      bytes: () => Promise.resolve(found.size),
      async bring(dir, signal, onReading) {
        const totalBytes = found.size;
        const on = (readBytes: () => number): void => {
          onReading(() => ({ bytes: readBytes(), totalBytes }));
        };
        return { ...(await unpackTar(path, dir, { shown, signal, onReading: on })), tablespaces: [] };
      },
    };
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

async function requireRoomFor(needed: number, folder: string, shown: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (needed <= bavail * bsize) return;
  throw new RehearsalError(
    'DISK_FULL',
    `${shown} takes at least ${formatBytes(needed)}, and the disk of the server’s data has ${formatBytes(bavail * bsize)} free`,
    { hint: `nothing was read; make room on the disk of ${folder}, or rehearse where there is more` },
  );
}

/** The URL of a server names it. */
function databaseOf(source: Source, env: NodeJS.ProcessEnv): string | undefined {
  return 'url' in source ? liveServer(new URL(source.url), env).database : undefined;
}
