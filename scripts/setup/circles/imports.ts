import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import type { Source } from './exports.ts';

/** One file of ours needs another, if only for a type. Paths from the project's folder. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Those of all files below `folders` but the tests. Run in the project's folder. */
export function readImports(folders: readonly string[]): Import[] {
  return readSources(folders)
    .filter(({ path }) => !/\.test\.tsx?$/.test(path))
    .flatMap(({ path: from, text }) =>
      ts
        .preProcessFile(text)
        .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => ({ from, to: posix.join(posix.dirname(from), fileName) })),
    );
}

/** All files of code below `folders`, with the tests. Run in the project's folder. */
export function readSources(folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
        posix.join(folder, name.replaceAll('\\', '/')),
      ),
    )
    .filter((path) => /\.(tsx?|mjs)$/.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}
