#!/usr/bin/env node
// Starts the command line on a clean clone: only Node's built-ins until the packages are there.
import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, InstallInterrupted } from './install.mjs';
import { nodeTooOld } from './node-version.mjs';
import { onParentEnd } from './parent-watch.mjs';

const ROOT = dirname(dirname(dirname(realpathSync(fileURLToPath(import.meta.url)))));
const SHIPPED = join(ROOT, 'rehearsals', 'rename-column');
const LINGER_MS = 5_000;

/** Was this started by `npm run` in this checkout? */
function byNpm() {
  return process.env.npm_package_json === join(ROOT, 'package.json') && realpathSync(process.cwd()) === ROOT;
}

/** npm runs scripts in the package's folder and keeps the caller's in INIT_CWD; paths belong to the caller. */
function callersFolder() {
  return (byNpm() && process.env.INIT_CWD) || process.cwd();
}

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

/** Node reads TypeScript from here on. Its compiler keeps a cache in TMPDIR, where nothing of ours should stay: move it. */
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

async function start() {
  const tooOld = nodeTooOld();
  if (tooOld) {
    process.stderr.write(`${tooOld}\n`);
    return 2;
  }
  if (byNpm()) onParentEnd(() => process.emit('SIGTERM', 'SIGTERM'));
  try {
    await ensureInstalled(ROOT);
  } catch (error) {
    process.stderr.write(`error INSTALL_FAILED: ${error.message}\n`);
    if (error instanceof InstallInterrupted) return 130;
    process.stderr.write('hint: check the network and the npm registry (npm ping), then start again\n');
    return 3;
  }
  await registerTypeScript();
  const { main, processIo } = await import('../cli/main.ts');
  const args = process.argv.slice(2);
  return main(args.length === 0 ? ['run', SHIPPED] : args, processIo({ cwd: callersFolder() }));
}

process.exitCode = await start();
// Nothing should keep the process alive now. If something does, the result is out and nobody should have to wait for it.
setTimeout(() => process.exit(), LINGER_MS).unref();
