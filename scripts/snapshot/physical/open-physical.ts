import { readdir, readFile, statfs } from 'node:fs/promises';
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
import { majorOfFolder } from './from-folder.ts';
import type { FilledFolder, PhysicalCopy } from './physical-copy.ts';
import { wayOf, type Brought } from './ways.ts';

type Source = Extract<SnapshotSource, { kind: 'physical' }>;

interface OpenOptions {
  readonly shown: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: OnProgress;
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
