import { relative, sep } from 'node:path';
import type { Starter } from './installation.ts';

/** Paths as a checkout of the repository names them. */
interface InRepository {
  /** The folder that the night is started in; `.` = the root. */
  readonly folder: string;
  /** Where run folders go. */
  readonly runs: string;
}

export function inRepository({ repository, dir, runs }: Starter): InRepository {
  const folder = relative(repository, dir).split(sep).join('/');
  return folder === '' ? { folder: '.', runs } : { folder, runs: `${folder}/${runs}` };
}
