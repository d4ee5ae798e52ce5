import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { SnapshotRecord } from '../artifacts/records/records.ts';
import type { Enclose } from '../commands/enclosure.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting, SnapshotSource } from '../plan/model.ts';
import { byKind } from '../shared/by-kind.ts';
import { monotonicMs } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import { archiveDigest } from './archive/archive-files.ts';
import { ProgressTicker, type OnProgress } from './progress-ticker.ts';
import { restoreArchive } from './archive/restore-archive.ts';
import { restoreByCommand } from './restore-command.ts';
import { restoreError } from './restore-error.ts';
import { withRestoreSession } from './restore-session.ts';
import { SqlRestore } from './restore-sql.ts';
import { detectFormat, type Compression } from './snapshot-format.ts';
import { SourceStream } from './source-stream.ts';
import { SqlPieces } from './text/sql-pieces.ts';
import { takeStock } from './take-stock.ts';

interface RestoreOptions {
  readonly source: SnapshotSource;
  /** The rehearsal's folder. */
  readonly dir: string;
  /** Names that the rehearsal takes from the environment, with their values: a command gets them. */
  readonly environment: Readonly<Record<string, string>>;
  /** For a command that may reach the rehearsed database only; null = the host sees to that. */
  readonly enclose: Enclose | null;
  /** An empty database, and a superuser in it. */
  readonly endpoint: PgEndpoint;
  /** For the restore's own sessions; those that only a server can have are passed over. */
  readonly settings: readonly PgSetting[];
  /** For files that only the restore needs; whoever made it removes it, also where this process is killed. */
  readonly scratchDir: string;
  /** Parallel jobs of pg_restore. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

type Restored = Pick<SnapshotRecord, 'kind' | 'sha256' | 'sourceBytes' | 'warnings'>;

/** The options with what each way of restoring needs besides. */
interface Work extends RestoreOptions {
  /** How messages call the source. */
  readonly shown: string;
  readonly onObject: (name: string) => void;
  /** How far the reading of the source is. */
  readonly onFraction: (fraction: () => number | null) => void;
}

/**
 * Fills an empty database from a snapshot, brings its statistics up to date, and says what is in it.
 * Rejects with the signal's reason when it aborts; no connection and no child process is left then.
 * @throws SNAPSHOT_NOT_FOUND, SNAPSHOT_INVALID, RESTORE_FAILED, DISK_FULL, CONNECTION_FAILED
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<SnapshotRecord> {
  const { source, dir, endpoint, settings, signal } = options;
  const startedMs = monotonicMs();
  let fraction = (): number | null => null;
  const ticker = new ProgressTicker(options.onProgress, () => fraction());
  const onObject = (name: string): void => void (ticker.detail = name);
  const shown = byKind<SnapshotSource, string>(source, {
    file: ({ path }) => shownPath(path, dir),
    generator: ({ path }) => shownPath(path, dir),
    command: () => 'the snapshot command',
  });
  try {
    const onFraction = (read: () => number | null): void => void (fraction = read);
    const restored = await restoreSource({ ...options, shown, onObject, onFraction });
    fraction = () => null;
    const stock = await withRestoreSession(endpoint, settings, signal, (client) =>
      takeStock(client, shown, onObject),
    );
    const takenAt = source.takenAt ?? null;
    return { ...restored, ...stock, takenAt, restoreMs: monotonicMs() - startedMs };
  } catch (error) {
    signal.throwIfAborted();
    throw restoreError(error, shown);
  } finally {
    ticker.stop();
  }
}

function restoreSource(work: Work): Promise<Restored> {
  return byKind<SnapshotSource, Promise<Restored>>(work.source, {
    file: (source) => restoreFile(work, source),
    generator: (source) => restoreGenerator(work, source),
    command: (source) => restoreFromCommand(work, source),
  });
}

type Source<K extends SnapshotSource['kind']> = Extract<SnapshotSource, { kind: K }>;

async function restoreFromCommand(work: Work, source: Source<'command'>): Promise<Restored> {
  const { dir, endpoint, signal, shown } = work;
  work.onObject(shown);
  const enclose = source.network === 'rehearsed-only' ? (work.enclose ?? undefined) : undefined;
  const command = { command: source.command, dir, given: work.environment, enclose };
  await restoreByCommand(command, endpoint, signal);
  const bytes = Buffer.from(source.command);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { kind: 'command', sha256, sourceBytes: bytes.length, warnings: [] };
}

async function restoreGenerator(work: Work, { path }: Source<'generator'>): Promise<Restored> {
  const format = await detectFormat(path, work.shown);
  if (format.type === 'sql') return restoreText(work, path, 'generator', format.compression);
  throw new RehearsalError(
    'SNAPSHOT_INVALID',
    `the generator ${work.shown} is an archive of pg_dump, not SQL`,
    { hint: 'Name it as source: of the snapshot instead.' },
  );
}

async function restoreFile(work: Work, { path }: Source<'file'>): Promise<Restored> {
  const format = await detectFormat(path, work.shown);
  if (format.type === 'sql') return restoreText(work, path, 'file', format.compression);
  const digest = await archiveDigest(path, format.format, work.signal);
  const warnings = await restoreArchive({ ...work, path, format: format.format });
  return { kind: 'archive', sha256: digest.sha256, sourceBytes: digest.sizeBytes, warnings };
}

async function restoreText(
  work: Work,
  path: string,
  kind: 'file' | 'generator',
  compression: Compression,
): Promise<Restored> {
  const { shown, endpoint, settings, signal, onObject } = work;
  const { size: sourceBytes } = await stat(path);
  const source = new SourceStream(path, shown, compression);
  // What follows the last byte (indexes, mostly) has no size: nobody can tell how far it is.
  work.onFraction(() => (source.readBytes < sourceBytes ? source.readBytes / sourceBytes : null));
  const pieces = new SqlPieces(shown, { openEnd: kind === 'generator' });
  const warnings = await withRestoreSession(endpoint, settings, signal, (client) =>
    new SqlRestore(client, { pieces, shown, settings, onObject }).run(source.content()),
  );
  const sha256 = await source.sha256();
  return { kind: kind === 'generator' ? 'generator' : 'plain', sha256, sourceBytes, warnings };
}

function shownPath(path: string, dir: string): string {
  const inside = relative(dir, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
