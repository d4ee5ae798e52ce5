import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, sep } from 'node:path';
import type { Install, Starter } from '../nightly/install/installation.ts';
import { packageManagerOf } from '../nightly/install/package-manager.ts';
import { EXIT, RehearsalError } from '../shared/errors.ts';
import { IS_PACKAGE } from '../shared/places/own-files.mjs';
import { defaultRuns, projectRoot, repositoryOf } from '../shared/places/user-project.ts';
import type { CliContext } from './context.ts';

/**
 * Shows what would be written and what is to be done by hand; with `execute` the files are written, and never over others.
 * @throws USAGE
 */
export async function install(
  kinds: Readonly<Record<string, Install>>,
  { install: kind = '', execute }: { install?: string; execute?: true },
  { io, out }: CliContext,
): Promise<number> {
  const chosen = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (chosen === undefined) {
    throw new RehearsalError('USAGE', `--install ${kind}: no such kind`, {
      hint: `it is one of ${Object.keys(kinds).join(', ')}`,
    });
  }
  const home = io.env['HOME'] ?? homedir();
  const { files, then } = chosen(starterOf(io, home));
  for (const { path, text } of files) {
    const there = existsSync(path) ? await readFile(path, 'utf8') : undefined;
    if (execute && there !== undefined && there !== text) {
      throw new RehearsalError('USAGE', `${path} is there already and says something else`, {
        hint: 'compare it with what is shown without --execute, and remove it first',
      });
    }
  }
  for (const { path, text } of files) {
    if (execute) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    out.result(`${execute ? 'written' : 'would write'}  ${path}`);
    if (!execute) out.result(text);
  }
  if (files.length > 0 && !execute) out.note('--execute writes it');
  for (const line of then) out.result(`then  ${line}`);
  return EXIT.ok;
}

function starterOf({ cwd, program }: CliContext['io'], home: string): Starter {
  const dir = IS_PACKAGE ? projectRoot(cwd) : cwd;
  const repository = repositoryOf(dir) ?? dir;
  const { install: packages, command } = packageManagerOf(dir, repository);
  return {
    repository,
    dir,
    home,
    command: IS_PACKAGE ? command : (program ?? command),
    install: packages,
    runs: defaultRuns(dir).split(sep).join('/'),
    nodeFolder: dirname(process.execPath),
  };
}
