import type { Reading } from '../read/reading.ts';
import type { KeyPath } from '../yaml/yaml-source.ts';
import type { Statistics } from './statistics.ts';
import { readStatisticsText } from './statistics-text.ts';

/** What the file that the value at `path` names says; undefined (and mistakes) where it cannot be read. */
export async function readStatisticsFile(
  path: KeyPath,
  file: string | undefined,
  reading: Reading,
): Promise<Statistics | undefined> {
  if (file === undefined || !(await reading.requireFile(path, file))) return undefined;
  const text = await reading.text(file);
  if (text === undefined) return undefined;
  const read = await readStatisticsText(text);
  if ('statistics' in read) return read.statistics;
  reading.mistakeIn(file, undefined, read.mistake);
  return undefined;
}
