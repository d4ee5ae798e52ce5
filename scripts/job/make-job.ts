import { statSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { LoadHost } from '../load/driver-hosts/load-host.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting, PlannedPlaying, Rehearsal, SnapshotSource } from '../plan/model.ts';
import { defined } from '../plan/schema/defined.ts';
import { byKind } from '../shared/by-kind.ts';
import { RehearsalError } from '../shared/errors.ts';
import { maskKey } from '../snapshot/mask/mask-key.ts';
import { maskedSource, maskingNote } from '../snapshot/mask/masked-source.ts';
import { shownSource } from '../snapshot/restore.ts';
import { remoteSource } from '../snapshot/sources/open-remote.ts';
import { readRemote, type RemoteFacts } from '../snapshot/sources/read-remote.ts';
import { filesBelow, filesOfFolder, needsWholeFolder, RehearsalTree } from './job-files.ts';
import { isInside } from '../shared/files/is-inside.ts';
import { JOB_FILES, type Job } from './protocol.ts';

/** What the driver needs to know of the run besides the rehearsal. */
export interface JobContext {
  readonly runId: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
  readonly playings: readonly PlannedPlaying[];
  /** As the driver host reaches it. */
  readonly primary: PgEndpoint;
  /** Likewise; null = there is none. */
  readonly standby: PgEndpoint | null;
  readonly restoreSettings: readonly PgSetting[];
  /** Driver hosts that have a share of the load. */
  readonly others?: readonly LoadHost[];
  /** Ends the reading of what lies elsewhere. */
  readonly signal?: AbortSignal;
}

/** What goes into the job folder: files of this machine, and documents that exist nowhere else. */
export interface DriverJob {
  readonly files: readonly { readonly from: string; readonly to: string }[];
  readonly documents: readonly { readonly to: string; readonly text: string; readonly mode: number }[];
  /** What lies elsewhere, and comes by this machine without lying on it. */
  readonly streams: readonly JobStream[];
}

interface JobStream {
  readonly to: string;
  /** All of it from its first byte on. */
  readonly read: () => AsyncIterable<Buffer>;
  /** Null until it is known. */
  readonly sizeBytes: () => number | null;
}

const EXECUTABLE = 0o111;

/**
 * A rehearsal as a job for the driver host. Secrets go into job.json and nowhere else; reads no file's content.
 * @throws SNAPSHOT_NOT_FOUND
 */
export async function makeJob(rehearsal: Rehearsal, context: JobContext): Promise<DriverJob> {
  const tree = new RehearsalTree(rehearsal);
  const { dir } = rehearsal;
  const files = new Map<string, string>();
  const named = rehearsal.files.map((file) => join(dir, file));
  const whole = needsWholeFolder(rehearsal) ? await filesOfFolder(dir) : [];
  for (const path of [...named, ...whole])
    if (!(await isUnmasked(path, rehearsal))) files.set(tree.placeOf(path), path);
  const placed = maskedSnapshot(rehearsal, context.signal) ?? placeSnapshot(rehearsal, tree, context.signal);
  for (const [to, from] of await snapshotFiles(placed)) files.set(to, from);
  const list = [...files].map(([to, from]) => ({ from, to }));
  const job: Job = {
    schemaVersion: 1,
    runId: context.runId,
    expiresAt: context.expiresAt,
    leftMs: Date.parse(context.expiresAt) - Date.now(),
    playings: [...context.playings],
    rehearsal: rebased(rehearsal, placed.source, tree),
    primary: pick(context.primary),
    standby: context.standby && pick(context.standby),
    restoreSettings: context.restoreSettings.map(({ name, value }) => ({ name, value })),
    others: (context.others ?? []).map(({ name, address, port }) => ({ name, address, port })),
    executables: await executables(list),
    shownAs: [...placed.shownAs, { path: tree.placeOf(dir), as: dir }],
  };
  const streams = placed.stream === undefined ? [] : [placed.stream];
  return { streams, files: list, documents: [{ to: JOB_FILES.job, text: JSON.stringify(job), mode: 0o600 }] };
}

interface PlacedSnapshot {
  /** With its path in the job folder. */
  readonly source: SnapshotSource;
  /** A file or folder of this machine that goes to that place; null where there is none. */
  readonly copy: { readonly from: string; readonly to: string } | null;
  readonly shownAs: Job['shownAs'];
  readonly stream?: JobStream;
}

/** The snapshot as it lies here, by whatever link. */
async function isUnmasked(path: string, { snapshot }: Rehearsal): Promise<boolean> {
  if (snapshot.kind !== 'file' || snapshot.mask === undefined) return false;
  if (isInside(snapshot.path, path)) return true;
  const [whole, part] = await Promise.all([snapshot.path, path].map((one) => realpath(one).catch(() => one)));
  return whole !== undefined && part !== undefined && isInside(whole, part);
}

/** What is masked comes as masked text: no value that has a rule leaves this machine. Undefined where nothing is masked. */
function maskedSnapshot(
  { dir, snapshot, postgres }: Rehearsal,
  signal = new AbortController().signal,
): PlacedSnapshot | undefined {
  if (!('mask' in snapshot)) return undefined;
  const to = 'snapshot/masked.sql';
  const shown = shownSource(snapshot, dir);
  const key = maskKey(process.env);
  const read = (): AsyncIterable<Buffer> =>
    maskedSource(snapshot, { shown, key, signal, serverMajor: postgres.version ?? 0 });
  const { mask, statistics } = snapshot;
  const takenAt = takenAtOf(snapshot);
  const notes = [maskingNote(mask, key)];
  return {
    source: {
      kind: 'file',
      path: to,
      notes,
      ...defined({
        takenAt,
        statistics,
        production: snapshot.kind === 'file' ? snapshot.production : undefined,
      }),
    },
    copy: null,
    shownAs: [{ path: to, as: shown }],
    stream: { to, read, sizeBytes: () => null },
  };
}

/** A snapshot inside the rehearsal's folder keeps its place there: a command may use it as well. */
function placeSnapshot(
  { dir, snapshot }: Rehearsal,
  tree: RehearsalTree,
  signal = new AbortController().signal,
): PlacedSnapshot {
  return byKind<SnapshotSource, PlacedSnapshot>(snapshot, {
    file: (source) => {
      const from = source.path;
      const to = isInside(dir, from) ? tree.placeOf(from) : `snapshot/${basename(from)}`;
      return { source: { ...source, path: to }, copy: { from, to }, shownAs: [{ path: to, as: from }] };
    },
    generator: (source) => {
      const to = tree.placeOf(source.path);
      return { source: { ...source, path: to }, copy: { from: source.path, to }, shownAs: [] };
    },
    // Of a folder its table of contents: it has the schema, and rows stay here.
    synthetic: (source) => {
      const to = 'snapshot/schema';
      const isFolder = statSync(source.path, { throwIfNoEntry: false })?.isDirectory() === true;
      const copy = isFolder
        ? { from: join(source.path, 'toc.dat'), to: `${to}/toc.dat` }
        : { from: source.path, to };
      return { source: { ...source, path: to }, copy, shownAs: [{ path: to, as: source.path }] };
    },
    // The driver's host reaches the hosts of the run and nothing else: what lies elsewhere comes by here.
    remote: (remote) => {
      const to = 'snapshot/fetched';
      const facts: RemoteFacts = { sizeBytes: null, cuts: 0 };
      const from = remoteSource(remote, process.env);
      const { sha256, database, statistics } = remote;
      const takenAt = takenAtOf(remote);
      return {
        source: { kind: 'file', path: to, ...defined({ takenAt, sha256, database, statistics }) },
        copy: null,
        shownAs: [{ path: to, as: from.shown }],
        stream: { to, read: () => readRemote(from, { signal, facts }), sizeBytes: () => facts.sizeBytes },
      };
    },
    // Targets with a driver host take none; it is refused before anything is made.
    physical: (source) => ({ source, copy: null, shownAs: [] }),
    command: (source) => ({ source, copy: null, shownAs: [] }),
  });
}

/** A live server is read when the run begins. */
function takenAtOf(snapshot: SnapshotSource): string | undefined {
  const { kind, takenAt } = snapshot;
  const isLive = kind === 'remote' && remoteSource(snapshot, process.env).isLive === true;
  return takenAt ?? (isLive ? new Date().toISOString() : undefined);
}

/** Pairs of the place in the job folder and the file here. */
async function snapshotFiles({ copy }: PlacedSnapshot): Promise<[string, string][]> {
  if (copy === null) return [];
  const { from, to } = copy;
  const paths = await filesBelow(from);
  if (paths.length === 0) {
    throw new RehearsalError('SNAPSHOT_NOT_FOUND', `the snapshot ${from} does not exist`);
  }
  return paths.map((path) => {
    const below = relative(from, path).split(sep).join('/');
    return [below === '' ? to : `${to}/${below}`, path];
  });
}

function rebased(rehearsal: Rehearsal, snapshot: SnapshotSource, tree: RehearsalTree): Rehearsal {
  const versions = rehearsal.load.versions.map((version) => ({
    ...version,
    dir: tree.placeOf(version.dir),
    scripts: version.scripts.map((script) => ({ ...script, path: tree.placeOf(script.path) })),
  }));
  return { ...rehearsal, dir: tree.placeOf(rehearsal.dir), snapshot, load: { ...rehearsal.load, versions } };
}

/** The endpoint without whatever else the object may carry. */
function pick({ host, port, user, password, database }: PgEndpoint): Job['primary'] {
  return { host, port, user, password, database };
}

async function executables(files: DriverJob['files']): Promise<string[]> {
  const modes = await Promise.all(files.map(async ({ from, to }) => ({ to, mode: (await stat(from)).mode })));
  return modes.filter(({ mode }) => (mode & EXECUTABLE) !== 0).map(({ to }) => to);
}
