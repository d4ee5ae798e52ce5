import { createHash } from 'node:crypto';
import {
  access,
  constants,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild, stop, type Plugin } from 'esbuild';
import { RehearsalError } from '../shared/errors.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const LOAD = join(ROOT, 'scripts/load');
const WATCHDOG = join(ROOT, 'scripts/shared/watchdog/thread.mjs');
const BUNDLED_PROGRAMS = join(ROOT, 'scripts/driver/bundled-programs.ts');
/** Bundles of other versions are kept this long: a run may still be handing one over. */
const KEEP_MS = 24 * 3_600_000;

/** What CommonJS modules of packages expect around them. */
const BANNER = `import { createRequire as rehearseRequire } from 'node:module';
import { fileURLToPath as rehearsePath } from 'node:url';
const require = rehearseRequire(import.meta.url);
const __filename = rehearsePath(import.meta.url);
const __dirname = rehearsePath(new URL('.', import.meta.url));`;

/**
 * The engine as one JavaScript file that needs nothing but Node.js 20. Always built anew, which takes well under a second, and
 * named by its content: the same sources give the same file.
 * @returns its absolute path
 * @throws DRIVER_FAILED
 */
export async function bundleDriver(): Promise<string> {
  const code = await bundled();
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const folder = await cacheFolder();
  const path = join(folder, `driver-${hash}.mjs`);
  if (await isThere(path, code.length)) {
    await utimes(path, new Date(), new Date());
    return path;
  }
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, code);
  await rename(part, path);
  await removeOld(folder);
  return path;
}

async function bundled(): Promise<Uint8Array> {
  try {
    const { outputFiles } = await esbuild({
      entryPoints: [join(ROOT, 'scripts/driver/main.ts')],
      absWorkingDir: ROOT,
      tsconfig: join(ROOT, 'tsconfig.json'),
      ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20' },
      banner: { js: BANNER },
      define: {
        METRONOME_SOURCE: JSON.stringify(await readFile(join(LOAD, 'metronome.mjs'), 'utf8')),
        WATCHDOG_SOURCE: JSON.stringify(await readFile(WATCHDOG, 'utf8')),
        REQUEST_WRITER_SOURCE: JSON.stringify(
          await readFile(join(LOAD, 'requests/request-writer.mjs'), 'utf8'),
        ),
      },
      loader: { '.wasm': 'binary' },
      external: ['pg-native'], // only for those who ask pg for it
      plugins: [oneFile, wasmInside],
      logLevel: 'silent',
    });
    const file = outputFiles[0];
    if (!file) throw new Error('esbuild made no file');
    return file.contents;
  } catch (cause) {
    throw new RehearsalError('DRIVER_FAILED', `the driver's program cannot be built: ${String(cause)}`, {
      hint: 'npm ci brings back the packages that it is made of',
      cause,
    });
  } finally {
    // Its service would go on as long as this process, marked as a program of the run.
    await stop();
  }
}

/** The one place where the bundle differs from a checkout: how the load's other programs are started. */
const oneFile: Plugin = {
  name: 'one-file',
  setup(build) {
    build.onResolve({ filter: /\/programs\.ts$/ }, ({ resolveDir, path }) =>
      resolve(resolveDir, path) === join(LOAD, 'programs.ts') ? { path: BUNDLED_PROGRAMS } : undefined,
    );
  },
};

/** PostgreSQL's parser reads its WebAssembly from a file beside it; in the bundle it is a constant. */
const wasmInside: Plugin = {
  name: 'wasm-inside',
  setup(build) {
    build.onLoad({ filter: /[\\/]libpg-query[\\/]wasm[\\/]libpg-query\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const reader = 'async function getWasmBinary(binaryFile){';
      const contents = text.replace(reader, `${reader}return require("./libpg-query.wasm");`);
      if (contents === text) throw new Error(`${path} does not look as expected`);
      return { contents, loader: 'js' };
    });
  },
};

async function cacheFolder(): Promise<string> {
  const beside = join(ROOT, 'node_modules', '.cache');
  try {
    await mkdir(beside, { recursive: true });
    await access(beside, constants.W_OK);
    return beside;
  } catch {
    const own = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dress-rehearsal');
    await mkdir(own, { recursive: true });
    return own;
  }
}

async function isThere(path: string, sizeBytes: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === sizeBytes;
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^driver-[0-9a-f]{16}\.mjs/.test(name)) continue;
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > KEEP_MS) await rm(join(folder, name), { force: true });
  }
}
