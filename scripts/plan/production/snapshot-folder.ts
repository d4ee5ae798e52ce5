import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDurationMs, parseSizeBytes } from '../../shared/text/quantities.ts';
import { statisticsSchema, type Statistics } from '../statistics/statistics.ts';
import { z } from 'zod';
import { isUrl } from '../snapshot-url.ts';
import { followedSettings } from './follow.ts';
import { snapshotFacts, type Production, type SnapshotFacts } from './snapshot-facts.ts';

/** A folder that `rehearse snapshot take` wrote: where its dump lies, and what it says of production. */
export interface SnapshotFolder {
  readonly dump: string;
  readonly facts: SnapshotFacts;
  /** Undefined of a folder that was taken without. */
  readonly statistics: Statistics | undefined;
}

/** Undefined where the path leads to something else, or to one that is not whole: its manifest is written last. */
export async function snapshotFolderAt(path: string): Promise<SnapshotFolder | undefined> {
  const hasManifest = await stat(join(path, 'manifest.json')).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!hasManifest) return undefined;
  const text = await readFile(join(path, 'facts.json'), 'utf8').catch(() => '');
  try {
    const facts = snapshotFacts.parse(JSON.parse(text));
    return { dump: join(path, 'dump'), facts, statistics: await statisticsIn(path) };
  } catch {
    return undefined;
  }
}

const MOST_TOLD = 5;
const sizes = z.object({
  rows: z.literal('not taken').optional(),
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
});

/**
 * Why a folder cannot be restored, as far as it shows without reading it: it was taken without rows, or is not as it was taken, for a cut
 * dump has another size than its manifest says. Undefined of what has no manifest, and of a folder whose sizes are right.
 */
export async function folderMistake(path: string): Promise<string | undefined> {
  const text = await readFile(join(path, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const unreadable = '{value} is a snapshot folder, and what it says of itself cannot be read';
  let manifest;
  try {
    manifest = sizes.parse(JSON.parse(text));
  } catch {
    return unreadable;
  }
  if (manifest.rows === 'not taken')
    return '{value} was taken without rows; write synthesize: instead of source:, and rows are made of its schema and statistics (docs/snapshots.md#synthetic-data)';
  const wrong: string[] = [];
  for (const { path: file, bytes } of manifest.files) {
    const now = await stat(join(path, file)).catch(() => undefined);
    if (now === undefined) wrong.push(`${file} is missing`);
    else if (now.size !== bytes) wrong.push(`${file} has ${now.size} bytes, and not ${bytes}`);
  }
  const more = wrong.length - MOST_TOLD;
  if (wrong.length > 0)
    return `{value} is not as it was taken: ${wrong.slice(0, MOST_TOLD).join('; ')}${more > 0 ? `; and ${more} more` : ''}; copy the folder again, or take the snapshot again`;
  return (await snapshotFolderAt(path)) === undefined ? unreadable : undefined;
}

/** The one that a rehearsal names as its source, perhaps with mistakes in it. @param value of rehearsal.yaml */
export async function snapshotFolderIn(
  value: unknown,
  reading: { absolute(path: string): string },
): Promise<SnapshotFolder | undefined> {
  const { snapshot } = (value ?? {}) as { readonly snapshot?: { readonly source?: unknown } | null };
  const source = snapshot?.source;
  return typeof source === 'string' && !isUrl(source)
    ? snapshotFolderAt(reading.absolute(source))
    : undefined;
}

async function statisticsIn(folder: string): Promise<Statistics | undefined> {
  const text = await readFile(join(folder, 'statistics.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : statisticsSchema.parse(JSON.parse(text));
}

/** Settings that decide how long statements take, and when they are cut off. */
const TELLING =
  /_(mem|buffers|cost|timeout|workers|delay|concurrency|cache_size|target|commit|limit)$|^(max|min)_wal_size$|^max_parallel|^wal_(compression|buffers|level)$|^(autovacuum|jit|fsync|full_page_writes|checkpoint|vacuum|enable|bgwriter|max_connections|huge_pages|default_statistics)/;

/**
 * What the snapshot stage has to know of production, once what is rehearsed is known as well.
 * @param rehearsed settings, with those that follow production
 * @param own names of those that the rehearsal sets itself, and whether it says its own rate
 */
export function productionOf(
  facts: SnapshotFacts,
  rehearsed: Readonly<Record<string, unknown>>,
  own: { readonly settings: readonly string[]; readonly rate: boolean } = {
    settings: Object.keys(rehearsed),
    rate: true,
  },
): Production {
  const { server, database, settings, extensions, activity, tables, indexes } = facts;
  const here = new Map(Object.entries(rehearsed).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const others = Object.entries(settings).filter(
    ([name, value]) => TELLING.test(name) && plain(here.get(name.toLowerCase()) ?? '') !== plain(value),
  );
  return {
    major: server.major,
    build: server.build,
    bytes: database.bytes,
    otherSettings: others.map(([name, value]) => ({
      name,
      value,
      here: here.get(name.toLowerCase()) ?? null,
    })),
    followed: followedSettings(facts, own.settings),
    activity: own.rate ? null : activity,
    hardware: server.hardware,
    collation: { name: database.collate, version: database.collationVersion },
    extensions,
    tables,
    indexes,
  };
}

/** `1GB` and `1024MB` are one. */
function plain(value: string): string {
  return String(parseSizeBytes(value) ?? parseDurationMs(value) ?? value.toLowerCase());
}
