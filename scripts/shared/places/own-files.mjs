/* global compiledFolder */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the program's own files lie: a checkout, or the folder `dist` of the installed package, which has the same shape. */
export const OWN_ROOT = join(realpathSync(fileURLToPath(import.meta.url)), '../../../..');

/** In the package everything is JavaScript; in a checkout TypeScript is run as it is. */
export const IS_PACKAGE = existsSync(join(OWN_ROOT, 'scripts/cli/main.js'));

/** Where the compiled programs lie (scripts/setup/compiled); undefined while the sources themselves run. */
export const COMPILED = typeof compiledFolder === 'string' ? fileURLToPath(compiledFolder) : undefined;

/** The absolute path of a module of ours, named from OWN_ROOT without its extension. */
export function ownModule(name) {
  return join(OWN_ROOT, `${name}.${IS_PACKAGE ? 'js' : 'ts'}`);
}

/** Imports such a module. In a checkout Node must have been taught TypeScript before. */
export function importOwn(name) {
  return import(pathToFileURL(ownModule(name)).href);
}
