import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findOnPath, isExecutable } from '../../shared/files/find-on-path.ts';
import { isInside } from '../../shared/files/is-inside.ts';
import { namedIn } from './named-programs.ts';

/** What every host of this machine sees of it: installed software and settings. */
const SOFTWARE = [
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/usr',
  '/etc',
  '/opt',
  '/nix',
  '/gnu',
];
/** A host has its own, and what may lie there now is no part of the project. */
const OF_ITSELF = ['/dev', '/proc', '/sys', '/tmp', '/var/tmp', '/run'];

/** Programs that work in a project, and what they look for in its folder and above. */
const PROJECT_OF: Readonly<Record<string, string>> = {
  ...all('node_modules', 'npx npm pnpm yarn bun bunx'),
  ...all('Gemfile', 'bundle rails rake'),
  ...all('pyproject.toml', 'poetry uv pipenv'),
  ...all('go.mod', 'go'),
  ...all('Cargo.toml', 'cargo'),
  ...all('mix.exs', 'mix'),
  ...all('composer.json', 'composer'),
  ...all('pom.xml', 'mvn'),
};
/** Stays at home, wherever it lies. */
const NEVER_TAKEN = 'node_modules';

/**
 * Why a command cannot begin on this machine, as a sentence; undefined where its program is there, or its text does not tell.
 * @param dir where it runs: the rehearsal's folder
 */
export async function missingProgram(command: string, dir: string): Promise<string | undefined> {
  const { first: program, folder } = namedIn(command);
  const from = resolve(dir, folder);
  // A folder that an earlier step makes.
  if (program === undefined || !existsSync(from)) return undefined;
  if (!program.includes('/'))
    return (await findOnPath(program)) === undefined ? `there is no program ${program} on PATH` : undefined;
  const path = resolve(from, program);
  if (!existsSync(path)) return `there is no program ${program}`;
  return (await isExecutable(path)) ? undefined : `${program} is not executable`;
}

/**
 * What a command needs and a host besides this machine, which has its installed software and the rehearsal's folder, will not
 * see, as sentences.
 */
export async function unseenByHost(command: string, dir: string): Promise<string[]> {
  const { programs, paths, folder } = namedIn(command);
  const from = resolve(dir, folder);
  const seen = await Promise.all([
    isUnseen(from, dir).then((isOutside) => (isOutside ? [`it runs in ${folder}`] : [])),
    ...programs.map(async (program) => {
      const marker = PROJECT_OF[program];
      const project = marker === undefined ? undefined : projectAbove(from, dir, marker);
      if (marker !== undefined && project !== undefined)
        return [`${program} works with ${join(project, marker)}`];
      const path = program.includes('/') ? resolve(from, program) : await findOnPath(program);
      return path !== undefined && (await isUnseen(path, dir)) ? [`${program} is ${path}`] : [];
    }),
    ...paths.map(async (path) => ((await isUnseen(resolve(from, path), dir)) ? [`it names ${path}`] : [])),
  ]);
  return seen.flat();
}

/** The nearest folder with that file, if it does not come along. */
function projectAbove(from: string, dir: string, marker: string): string | undefined {
  const project = nearest(from, marker);
  const comes = project !== undefined && isInside(dir, project) && marker !== NEVER_TAKEN;
  return comes ? undefined : project;
}

function nearest(dir: string, marker: string): string | undefined {
  if (existsSync(join(dir, marker))) return dir;
  const above = dirname(dir);
  return above === dir ? undefined : nearest(above, marker);
}

async function isUnseen(path: string, dir: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  const places = [...SOFTWARE, ...OF_ITSELF, dir];
  // A link from /usr into a home leads nowhere on the host.
  const real = await realpath(path);
  return ![path, real].every((each) => places.some((place) => isInside(place, each)));
}

function all(marker: string, programs: string): Record<string, string> {
  return Object.fromEntries(programs.split(' ').map((program) => [program, marker]));
}
