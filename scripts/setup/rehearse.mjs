#!/usr/bin/env node
// Starts the command line on a clean clone: only Node's built-ins until the packages are there.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, InstallInterrupted } from './install.mjs';
import { nodeTooOld } from './node-version.mjs';
import { onParentEnd } from './parent-watch.mjs';
import { registerTypeScript } from './typescript.mjs';

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
  await registerTypeScript(ROOT);
  const { main, processIo } = await import('../cli/main.ts');
  const args = process.argv.slice(2);
  return main(args.length === 0 ? ['run', SHIPPED] : args, processIo({ cwd: callersFolder() }));
}

process.exitCode = await start();
// Nothing should keep the process alive now. If something does, the result is out and nobody should have to wait for it.
setTimeout(() => process.exit(), LINGER_MS).unref();
