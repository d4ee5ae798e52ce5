import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

/** One file of ours needs another, if only for a type. Paths from the project's folder. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Those of all files below `folders` but the tests. Run in the project's folder. */
export function readImports(folders: readonly string[]): Import[] {
  return folders.flatMap(sourcesIn).flatMap((from) =>
    ts
      .preProcessFile(readFileSync(from, 'utf8'))
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => ({ from, to: posix.join(posix.dirname(from), fileName) })),
  );
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => /(?<!\.test)\.(tsx?|mjs)$/.test(path));
}
