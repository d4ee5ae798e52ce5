import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { SnapshotRecord } from '../artifacts/records/records.ts';
import type { Enclose } from '../commands/enclosure.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { MaskRules } from '../plan/mask/mask-rules.ts';
import type { PgSetting, SnapshotSource } from '../plan/model.ts';
import { byKind } from '../shared/by-kind.ts';
import { monotonicMs } from '../shared/clock.ts';
import { archiveDigest } from './archive/archive-files.ts';
import { Disarming } from './disarm/disarming.ts';
import { ProgressTicker, type OnProgress, type ReadSoFar } from './progress-ticker.ts';
import { restoreArchive } from './archive/restore-archive.ts';
import { requireText } from './cluster/require-text.ts';
import { requireRoom } from './require-room.ts';
import { requireSha256 } from './require-sha256.ts';
import { restoreByCommand } from './restore-command.ts';
import { restoreError } from './restore-error.ts';
import { withRestoreSession } from './restore-session.ts';
import type { Before } from './drift/before.ts';
import { CarriedBefore } from './drift/carried-before.ts';
import { driftSince } from './statistics/drift-since.ts';
import { maskKey } from './mask/mask-key.ts';
import { Masking } from './mask/masking.ts';
import { besideProduction } from './folder/beside-production.ts';
import { readHere } from './folder/read-facts.ts';
import { restoreFolder, restoreSchemaFolder, restoreStream } from './restore-stream.ts';
import { detectFormat } from './snapshot-format.ts';
import { Synthesis } from './synth/synthesis.ts';
import { remoteSource } from './sources/open-remote.ts';
import { liveServer } from './sources/postgres/live-server.ts';
import { allDisarmed, ofCopy, putTriggersBack } from './physical/started-copy.ts';
import type { StartedCopy } from './physical/physical-copy.ts';
import { readRemote, type RemoteFacts } from './sources/read-remote.ts';
import { fileBytes } from './compressed/source-stream.ts';
import { takeStock } from './take-stock.ts';

/** Of a synthetic database whose schema does not say when it was taken. */
const UNTIL = '2026-01-01T00:00:00Z';

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
  /** Of a physical source: what the server began on. */
  readonly copy?: StartedCopy | undefined;
  /** For the restore's own sessions; those that only a server can have are passed over. */
  readonly settings: readonly PgSetting[];
  /** For files that only the restore needs; whoever made it removes it, also where this process is killed. */
  readonly scratchDir: string;
  /** Parallel jobs of pg_restore. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Called with what is worth knowing on the way, as a sentence. */
  readonly onNote?: (message: string) => void;
}

type Restored = Pick<SnapshotRecord, 'kind' | 'sha256' | 'sourceBytes' | 'warnings'> & {
  /** Where the source knows it by itself. */
  readonly takenAt?: string;
};

/** The options with what each way of restoring needs besides. */
interface Work extends RestoreOptions {
  /** How messages call the source. */
  readonly shown: string;
  /** Undefined of SQL that was written for the rehearsal. */
  readonly disarming: Disarming | undefined;
  readonly onObject: (name: string) => void;
  /** Given a way to ask how far the reading of the source is. */
  readonly onRead: (read: () => ReadSoFar) => void;
  /** Given a way to ask, once all is restored, what the snapshot was like in production. */
  readonly onBefore: (before: () => Before | undefined) => void;
}

/**
 * Fills an empty database from a snapshot, brings its statistics up to date, and says what is in it.
 * Rejects with the signal's reason when it aborts; no connection and no child process is left then.
 * @throws SNAPSHOT_NOT_FOUND, SNAPSHOT_INVALID, RESTORE_FAILED, DISK_FULL, CONNECTION_FAILED
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<SnapshotRecord> {
  const { source, dir, endpoint, settings, signal } = options;
  const startedMs = monotonicMs();
  let read: (() => ReadSoFar) | undefined;
  const ticker = new ProgressTicker(options.onProgress, () => read?.());
  const onObject = (name: string): void => void (ticker.detail = name);
  const shown = shownSource(source, dir);
  try {
    const onRead = (how: () => ReadSoFar): void => void (read = how);
    let before: () => Before | undefined = () => undefined;
    const onBefore = (how: typeof before): void => void (before = how);
    const disarming = source.kind === 'generator' ? undefined : new Disarming();
    const work = { ...options, shown, disarming, onObject, onRead, onBefore };
    await requireRoom(options, shown);
    const restored = await restoreSource(work);
    requireSha256(work, restored.sha256);
    read = undefined;
    const stock = await withRestoreSession(endpoint, settings, signal, async (client) => {
      await putTriggersBack(client, options.copy);
      await disarming?.all(client);
      const taken = await takeStock(client, shown, onObject);
      return { ...taken, ...(await driftSince(stated(source) ?? before(), client)) };
    });
    const takenAt = source.takenAt ?? restored.takenAt ?? null;
    const warnings = [
      ...restored.warnings,
      ...(disarming?.warnings ?? []),
      ...(await sayBeside(options, stock.bytes)),
    ];
    const disarmed = disarming && { disarmed: allDisarmed(options.copy, disarming.disarmed) };
    return { ...restored, ...stock, ...disarmed, warnings, takenAt, restoreMs: monotonicMs() - startedMs };
  } catch (error) {
    signal.throwIfAborted();
    throw restoreError(error, shown);
  } finally {
    ticker.stop();
  }
}

async function sayBeside(
  { source, endpoint, settings, signal }: RestoreOptions,
  bytes: number,
): Promise<string[]> {
  if (source.kind !== 'file' && source.kind !== 'synthetic') return [];
  if (source.production === undefined) return [];
  const here = await withRestoreSession(endpoint, settings, signal, readHere);
  return besideProduction(source.production, { ...here, bytes, isSynthetic: source.kind === 'synthetic' });
}

function restoreSource(work: Work): Promise<Restored> {
  return byKind<SnapshotSource, Promise<Restored>>(work.source, {
    file: (source) => restoreFile(work, source),
    remote: (source) => restoreRemote(work, source),
    generator: (source) => restoreGenerator(work, source),
    physical: () => ofCopy(work),
    synthetic: (source) => restoreSynthetic(work, source),
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
  await detectFormat(path, work.shown);
  return restoreText(work, path);
}

/** Rows are made from the schema and the statistics; those of a dump are not read. */
async function restoreSynthetic(work: Work, source: Source<'synthetic'>): Promise<Restored> {
  const { path, takenAt } = source;
  const format = await detectFormat(path, work.shown);
  const until = takenAt ?? UNTIL;
  const synthesis = new Synthesis({ ...source, seed: String(source.seed), until, shown: work.shown });
  const isFolder = format.type === 'archive' && format.format === 'directory';
  const restored = isFolder
    ? await restoreSchemaFolder({ ...work, path, synthesis })
    : await restoreText(work, path, synthesis);
  return { ...restored, kind: 'synthetic' };
}

async function restoreFile(work: Work, source: Source<'file'>): Promise<Restored> {
  const { path, notes = [] } = source;
  const restored = await restoreFileAt(work, path, source);
  return { ...restored, warnings: [...restored.warnings, ...notes] };
}

async function restoreFileAt(
  work: Work,
  path: string,
  { mask, database }: Source<'file'>,
): Promise<Restored> {
  const format = await detectFormat(path, work.shown);
  const isFolder = format.type === 'archive' && format.format === 'directory';
  // pg_restore would send the rows by itself: to be masked, they pass here, whatever the format.
  if (format.type === 'sql' || (mask !== undefined && !isFolder)) return restoreText(work, path);
  requireText(database, work.shown);
  const digest = await archiveDigest(path, format.format, work.signal);
  requireSha256(work, digest.sha256); // before anything is restored
  if (mask !== undefined) {
    const warnings = await restoreFolder({ ...work, path, masking: maskingOf(mask, work) });
    return { kind: 'archive', sha256: digest.sha256, sourceBytes: digest.sizeBytes, warnings };
  }
  const disarming = work.disarming ?? new Disarming();
  const warnings = await restoreArchive({ ...work, disarming, path, format: format.format });
  return { kind: 'archive', sha256: digest.sha256, sourceBytes: digest.sizeBytes, warnings };
}

async function restoreText(work: Work, path: string, synthesis?: Synthesis): Promise<Restored> {
  const { size: totalBytes } = await stat(path);
  return restoreStream({
    ...work,
    bytes: fileBytes(path),
    database: 'database' in work.source ? work.source.database : undefined,
    isGenerator: work.source.kind === 'generator',
    synthesis,
    masking: 'mask' in work.source ? maskingOf(work.source.mask, work) : undefined,
    onComment: 'notes' in work.source ? carried(work) : undefined,
    onReading: (readBytes) => {
      work.onRead(() => ({ bytes: readBytes(), totalBytes }));
    },
  });
}

/** Straight from where it lies into the server; the way may break, and goes on. */
async function restoreRemote(work: Work, source: Source<'remote'>): Promise<Restored> {
  const facts: RemoteFacts = { sizeBytes: null, cuts: 0 };
  const over = new AbortController();
  const signal = AbortSignal.any([work.signal, over.signal]);
  const from = remoteSource(source, process.env);
  const takenAt = new Date().toISOString();
  try {
    work.onObject(`reading ${work.shown}`);
    const bytes = readRemote(from, {
      signal,
      facts,
      ...(work.onNote && { onNote: work.onNote }),
    });
    const restored = await restoreStream({
      ...work,
      bytes,
      database: source.database,
      isGenerator: false,
      masking: maskingOf(source.mask, work),
      onReading: (readBytes) => {
        work.onRead(() => ({ bytes: readBytes(), totalBytes: facts.sizeBytes }));
      },
    });
    const warnings = [...restored.warnings, ...(from.notes?.() ?? [])];
    return { ...restored, warnings, ...(from.isLive && { takenAt }) };
  } finally {
    over.abort(new Error('the source is read no more'));
    await from.close?.();
  }
}

function maskingOf(rules: MaskRules | undefined, { shown, onBefore }: Work): Masking | undefined {
  if (rules === undefined) return undefined;
  const masking = new Masking({ rules, key: maskKey(process.env), shown });
  onBefore(() => masking.before);
  return masking;
}

/** A text that came masked tells at its end what it was like. */
function carried({ onBefore }: Work): (comment: string) => void {
  const comments = new CarriedBefore();
  onBefore(() => comments.before);
  return (comment) => {
    comments.take(comment);
  };
}

/** What the author has of production's statistics. */
function stated(source: SnapshotSource): Before | undefined {
  const statistics = 'statistics' in source ? source.statistics : undefined;
  return statistics && { kind: 'statistics', statistics };
}

/** How messages call a source: without secrets. */
export function shownSource(source: SnapshotSource, dir: string): string {
  return byKind<SnapshotSource, string>(source, {
    file: ({ path }) => shownPath(path, dir),
    remote: (remote) => remoteSource(remote, process.env).shown,
    generator: ({ path }) => shownPath(path, dir),
    physical: (physical) =>
      'tarUrl' in physical
        ? remoteSource({ url: physical.tarUrl }, process.env).shown
        : 'url' in physical
          ? liveServer(new URL(physical.url), process.env).shown
          : shownPath(physical.path, dir),
    synthetic: ({ path }) => shownPath(path, dir),
    command: () => 'the snapshot command',
  });
}

function shownPath(path: string, dir: string): string {
  const inside = relative(dir, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
