import { existsSync } from 'node:fs';
import { join } from 'node:path';

/* Playings were called performances: run folders of that time are read as well. */

/** Where the playings of a run lie, below its folder; the present name first. */
export const PLAYINGS_FOLDERS: readonly string[] = ['playings', 'performances'];

const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  playing: ['playing.json', 'performance.json'],
};

/** That of the names which the folder of a run has; the present one where it has none. */
export function playingsFolder(runPath: string): string {
  return PLAYINGS_FOLDERS.find((name) => existsSync(join(runPath, name))) ?? 'playings';
}

/** Names of a document's file; the present one first. */
export function documentFiles(name: string): readonly string[] {
  return DOCUMENTS[name] ?? [`${name}.json`];
}

/** The document with `performances` as `playings`. */
export function presentNames(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('performances' in document)) return document;
  const { performances: playings, ...others } = document;
  return { ...others, playings };
}
