import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface PackageManager {
  /** How a fresh checkout gets its packages, as a shell types it. */
  readonly install: string;
  /** How the program of a package is started, as a shell types it. */
  readonly command: string;
}

const NPM: PackageManager = { install: 'npm ci', command: 'npx rehearse' };

/** By the file that each leaves at the root of a project or of its workspace; Yarn from 2 on has settings of its own. */
const BY_FILE: readonly (readonly [file: string, manager: PackageManager])[] = [
  [
    'pnpm-lock.yaml',
    { install: 'corepack enable && pnpm install --frozen-lockfile', command: 'pnpm exec rehearse' },
  ],
  ['.yarnrc.yml', { install: 'corepack enable && yarn install --immutable', command: 'yarn rehearse' }],
  ['yarn.lock', { install: 'yarn install --frozen-lockfile', command: 'yarn --silent rehearse' }],
  ['package-lock.json', NPM],
];

/**
 * What the project installs its packages with: the nearest such file upwards tells it.
 * @param dir absolute
 * @param repository absolute: no further than this
 */
export function packageManagerOf(dir: string, repository: string): PackageManager {
  for (let folder = dir, last = ''; folder !== last; last = folder, folder = dirname(folder)) {
    const found = BY_FILE.find(([file]) => existsSync(join(folder, file)));
    if (found !== undefined) return found[1];
    if (folder === repository) break;
  }
  return NPM;
}
