import { relative } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import { readPlainFile } from '../shared/files/plain-file.ts';

/** One thing that `init --from` guessed and nobody has looked at since. */
export interface Guess {
  /** Relative to the caller. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly guess: string;
}

const MARK = /(?:#|--)\s*guess:\s*(.*)$/;

/** The marks that are left in the rehearsal's own files. */
export async function guessesIn({ dir, files }: Rehearsal, cwd: string): Promise<Guess[]> {
  const guesses: Guess[] = [];
  for (const name of files.filter((file) => !file.startsWith('..'))) {
    const file = `${dir}/${name}`;
    const lines = (await readPlainFile(file)).toString('utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      const guess = MARK.exec(line)?.[1]?.trim();
      if (guess !== undefined) guesses.push({ file: relative(cwd, file), line: index + 1, guess });
    }
  }
  return guesses;
}
