// Starts a provider plugin that is written in TypeScript: node start.mjs <its main.ts> <arguments of the engine…>.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A folder for compiled TypeScript beside the packages; undefined where nothing can be written there. */
function compileCache() {
  const folder = join(ROOT, 'node_modules', '.cache');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return undefined;
  }
}

/** The compiler keeps its cache in TMPDIR, where nothing of ours should stay: it is moved while the compiler starts. */
async function registerTypeScript() {
  const { TMPDIR } = process.env;
  const cache = compileCache();
  if (cache) {
    process.env.TMPDIR = cache;
    process.env.REHEARSE_COMPILE_CACHE = cache;
  }
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: join(ROOT, 'tsconfig.json') });
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
}

const [main, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], main, ...args];
await registerTypeScript();
await import(pathToFileURL(main).href);
