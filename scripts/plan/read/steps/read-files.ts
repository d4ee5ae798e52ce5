import type { SqlFile } from '../../model.ts';
import { defined } from '../../schema/defined.ts';
import type { KeyPath } from '../../yaml/yaml-source.ts';
import type { ParsedSqlFile, Reading } from '../reading.ts';

/** The SQL files that stand at `path`, one or a list. Notes those that are not there or hold nothing. */
export async function readFiles(
  names: readonly string[],
  path: KeyPath,
  reading: Reading,
): Promise<ParsedSqlFile[]> {
  const isList = reading.source.written(path) === undefined;
  const files: ParsedSqlFile[] = [];
  for (const [index, name] of names.entries()) {
    const at = isList ? [...path, index] : path;
    const read = await reading.sqlFile(at, name);
    if (read?.statements?.length === 0) reading.mistake(at, '{value} holds no SQL statement');
    if (read) files.push(read);
  }
  return files;
}

/** As the rest of the house has it: without what only reading needs. */
export function plain({ file, text, asWritten, begun, apart }: ParsedSqlFile): SqlFile {
  return { file, text, ...defined({ asWritten, begun, apart }) };
}
