import type pg from 'pg';
import { mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DEFAULT_LIMITS } from '../../plan/schema/schema-limits.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text/format.ts';
import { GuardedDump } from '../sources/postgres/guarded-dump.ts';
import { connectLive } from '../sources/postgres/live-client.ts';
import { liveServer, type LiveServer } from '../sources/postgres/live-server.ts';
import { SourceCut, unreachable } from '../sources/remote-source.ts';
import { readStatistics } from '../statistics/read-statistics.ts';
import { DUMP, FACTS, STATISTICS, writeManifest } from './manifest.ts';
import { activityOf, readCounters, type Counters } from './activity.ts';
import { readFacts } from './read-facts.ts';
import type { SnapshotFacts } from '../../plan/production/snapshot-facts.ts';
import type { Statistics } from '../../plan/statistics/statistics.ts';

const READER = 'rehearse/snapshot-facts';
/** Only its owner: it holds production's rows. */
const PRIVATE = 0o700;

interface TakeOptions {
  readonly url: URL;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute; nothing is there yet. */
  readonly to: string;
  /** Sessions that dump side by side. */
  readonly jobs: number;
  /** The schema, the statistics and what the server tells of itself, and no row. */
  readonly withoutRows: boolean;
  readonly signal: AbortSignal;
  readonly onNote: (message: string) => void;
}

interface TakenSnapshot {
  readonly facts: SnapshotFacts;
  /** Of the folder. */
  readonly bytes: number;
}

/**
 * Writes a folder of a live server's database: its dump, or of that the schema alone, what the server tells of itself, and a manifest. It is there whole or
 * not at all.
 * @throws USAGE where something is there already, DISK_FULL before the first byte, and as `GuardedDump`
 */
export async function takeSnapshot(options: TakeOptions): Promise<TakenSnapshot> {
  const { url, env, to, signal } = options;
  const server = liveServer(url, env);
  if ((await stat(to).catch(() => undefined)) !== undefined)
    throw new RehearsalError('USAGE', `${to} is there already`, {
      hint: 'name a folder that is not; nothing was changed',
    });
  await mkdir(dirname(to), { recursive: true });
  const part = join(dirname(to), `.${basename(to)}.part-${process.pid}`);
  try {
    await mkdir(part, { mode: PRIVATE });
    const facts = await fill(part, server, options);
    const { files } = await writeManifest(part, signal, options);
    await rename(part, to);
    return { facts, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error instanceof SourceCut ? unreachable(server.shown, error.message) : error;
  }
}

async function fill(part: string, server: LiveServer, options: TakeOptions): Promise<SnapshotFacts> {
  const { env, jobs, withoutRows, signal, onNote } = options;
  const takenAt = new Date().toISOString();
  const { read, statistics, counters } = await looking(server, askedBefore);
  if (!withoutRows) await requireRoom(part, server.shown, read);
  await writeDocument(join(part, STATISTICS), statistics);
  const work = { server, limits: DEFAULT_LIMITS, env, signal, onNote };
  const dump = await GuardedDump.begin(work, [
    '--format=directory',
    ...(withoutRows ? ['--schema-only'] : [`--jobs=${jobs}`]),
    `--file=${join(part, DUMP)}`,
  ]);
  try {
    await dump.ended();
  } finally {
    await dump.close();
  }
  const facts: SnapshotFacts = {
    format: 'dress-rehearsal snapshot',
    version: 1,
    source: server.shown,
    takenAt,
    ...read,
    activity: activityOf(counters, await looking(server, readCounters).catch(() => undefined)),
    notes: [...dump.notes],
  };
  await writeDocument(join(part, FACTS), facts);
  return facts;
}

async function writeDocument(path: string, document: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

interface AskedBefore {
  readonly read: Awaited<ReturnType<typeof readFacts>>;
  readonly statistics: Statistics;
  readonly counters: Counters | undefined;
}

/** The dump makes the server do much, and what it did would be told of production. */
async function askedBefore(client: pg.Client): Promise<AskedBefore> {
  return {
    read: await readFacts(client),
    statistics: await readStatistics(client),
    counters: await readCounters(client),
  };
}

async function looking<T>(server: LiveServer, look: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectLive(server, READER);
  try {
    return await look(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * A dump has no indexes and its rows are compressed: it takes less than tables and their TOAST do, even where nothing can be
 * compressed.
 */
async function requireRoom(
  folder: string,
  shown: string,
  { tables }: Pick<SnapshotFacts, 'tables'>,
): Promise<void> {
  const bytes = tables.reduce((sum, { heapBytes, toastBytes }) => sum + heapBytes + toastBytes, 0);
  const { bavail, bsize } = await statfs(folder);
  if (bytes <= bavail * bsize) return;
  throw new RehearsalError(
    'DISK_FULL',
    `the dump of ${shown} may take ${formatBytes(bytes)}, and ${dirname(folder)} has ${formatBytes(bavail * bsize)} free`,
    { hint: 'nothing was read; make room, or name a folder on a larger disk' },
  );
}
