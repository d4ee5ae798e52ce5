import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build as esbuild, stop, type Plugin } from 'esbuild';
import { RehearsalError } from '../shared/errors.ts';
import { OWN_ROOT as ROOT } from '../shared/places/own-files.mjs';

const LOAD = join(ROOT, 'scripts/load');
const WATCHDOG = join(ROOT, 'scripts/shared/watchdog/thread.mjs');
const BUNDLED_PROGRAMS = join(ROOT, 'scripts/job/bundled-programs.ts');

/** What CommonJS modules of packages expect around them. */
const BANNER = `import { createRequire as rehearseRequire } from 'node:module';
import { fileURLToPath as rehearsePath } from 'node:url';
const require = rehearseRequire(import.meta.url);
const __filename = rehearsePath(import.meta.url);
const __dirname = rehearsePath(new URL('.', import.meta.url));`;

/**
 * The engine as one JavaScript file that needs nothing but Node.js 20, which takes well under a second. The same sources give the same bytes.
 * @throws DRIVER_FAILED
 */
export async function buildBundle(): Promise<Uint8Array> {
  try {
    const { outputFiles } = await esbuild({
      entryPoints: [join(ROOT, 'scripts/job/main.ts')],
      absWorkingDir: ROOT,
      tsconfig: join(ROOT, 'tsconfig.json'),
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
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
    build.onResolve({ filter: /\/forked-programs\.ts$/ }, ({ resolveDir, path }) =>
      resolve(resolveDir, path) === join(LOAD, 'forked-programs.ts') ? { path: BUNDLED_PROGRAMS } : undefined,
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
