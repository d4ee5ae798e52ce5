import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotSource } from '../../plan/model.ts';
import { byKind } from '../../shared/by-kind.ts';
import { maskKey } from '../mask/mask-key.ts';
import { archiveDigest } from '../archive/archive-files.ts';
import { remoteSource } from '../sources/open-remote.ts';

/** Goes up with every change of what a restore makes of the same bytes. */
const RESTORE_VERSION = 2;
/** Goes up with every change of what masking makes of the same value. */
const MASKING_VERSION = 2;
/** Goes up with every change of the rows that are made from the same schema and statistics. */
const SYNTHESIS_VERSION = 2;

/**
 * Names what a snapshot restores to: its bytes, wherever they come from. Undefined of what nobody can tell before it was read: a
 * command, and a source elsewhere that says neither its version nor, in `snapshot.sha256`, its sum.
 */
export async function baseContent(source: SnapshotSource, signal: AbortSignal): Promise<string | undefined> {
  const masked = maskingOf(source);
  if (masked === undefined) return undefined;
  const content = await byKind<SnapshotSource, Promise<string | undefined>>(source, {
    file: ({ path }) => fileContent(path, signal),
    generator: async ({ path }) => `generator ${await sha256Of(path, signal)}`,
    synthetic: async ({ path, scale, seed, takenAt }) => {
      const schema = await fileContent(path, signal, 'schema');
      return schema && `synthetic ${SYNTHESIS_VERSION} ${scale} ${seed} ${takenAt ?? ''} ${schema}`;
    },
    remote: (remote) =>
      remote.sha256 === undefined ? versionOf(remote, signal) : Promise.resolve(`file ${remote.sha256}`),
    physical: (physical) => physicalContent(physical, signal),
    command: () => Promise.resolve(undefined),
  });
  return content === undefined
    ? undefined
    : `${RESTORE_VERSION} ${masked}${heldAgainst(source)}${partOf(source)}${content}`;
}

/** How it is masked; empty where it is not. Undefined of a key that no other run has. */
function maskingOf(source: SnapshotSource): string | undefined {
  if (!('mask' in source)) return '';
  const { id } = maskKey(process.env);
  return id === undefined ? undefined : `masked ${MASKING_VERSION} ${source.mask.sha256} ${id} `;
}

/** A base keeps how it differs from production. */
function heldAgainst(source: SnapshotSource): string {
  if (!('statistics' in source)) return '';
  return `against ${createHash('sha256').update(JSON.stringify(source.statistics)).digest('hex')} `;
}

/** Of a tar file; what is no single file is copied as fast as it could be looked at. */
async function physicalContent(
  physical: Extract<SnapshotSource, { kind: 'physical' }>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if ('tarUrl' in physical) {
    const version = await versionOf({ url: physical.tarUrl }, signal);
    return version && `physical ${version}`;
  }
  if ('url' in physical) return undefined;
  const isFile = await stat(physical.path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? `physical ${await sha256Of(physical.path, signal)}` : undefined;
}

/** Of several databases in one dump. */
function partOf(source: SnapshotSource): string {
  const database = 'database' in source ? source.database : undefined;
  return database === undefined ? '' : `of ${JSON.stringify(database)} `;
}

async function fileContent(
  path: string,
  signal: AbortSignal,
  part: 'all' | 'schema' = 'all',
): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined; // the restore tells it
  if (!found.isDirectory()) return `file ${await sha256Of(path, signal)}`;
  if (part === 'schema') return `schema ${await sha256Of(join(path, 'toc.dat'), signal)}`;
  return `folder ${(await archiveDigest(path, 'directory', signal)).sha256}`;
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const bytes: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 ** 2, signal });
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}

/** Asked by the beginning of a reading, which every source has. */
async function versionOf(
  remote: Pick<Extract<SnapshotSource, { kind: 'remote' }>, 'url' | 'limits'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController();
  const source = remoteSource(remote, process.env);
  if (source.isLive) return undefined; // it has another content each time
  try {
    const { version, sizeBytes } = await source.open(0, AbortSignal.any([signal, over.signal]));
    return version === null || sizeBytes === null ? undefined : `${source.shown} ${version} ${sizeBytes}`;
  } catch {
    signal.throwIfAborted();
    return undefined; // the restore tells it, and tries again
  } finally {
    over.abort(new Error('only its version was wanted'));
  }
}
