import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { IS_PACKAGE } from './places/own-files.mjs';

/** Node reads TypeScript from here on. Its compiler keeps a cache in TMPDIR, where nothing of ours should stay: move it. */
export async function registerTypeScript(root) {
  if (IS_PACKAGE) return;
  const { TMPDIR } = process.env;
  const cache = compileCache(root);
  if (cache) {
    process.env.TMPDIR = cache;
    process.env.REHEARSE_COMPILE_CACHE = cache;
  }
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: join(root, 'tsconfig.json') });
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
}

/** A folder for compiled TypeScript beside the packages; undefined where nothing can be written there. */
function compileCache(root) {
  const folder = join(root, 'node_modules', '.cache');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return undefined;
  }
}
