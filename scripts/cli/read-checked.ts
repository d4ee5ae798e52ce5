import { readWhole } from '../load/read-whole.ts';
import type { Rehearsal } from '../plan/model.ts';
import type { Io } from './output/io.ts';

/**
 * What `check` and `run` read: see `readWhole`.
 * @param since of the command line
 * @throws InputError with all mistakes
 */
export async function readChecked(dir: string, { cwd, env }: Io, since?: string): Promise<Rehearsal> {
  return readWhole(dir, { cwd, env }, since);
}

/** For people: one path of `rehearsal.outside`. */
export function outsideNote(path: string): string {
  return `reads ${path}, which lies outside the rehearsal's folder`;
}
