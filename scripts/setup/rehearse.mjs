#!/usr/bin/env node
// Starts the command line, also on a clean clone: only Node's built-ins until the packages are there.
import '../shared/quick-start.mjs';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IS_PACKAGE, OWN_ROOT } from '../shared/places/own-files.mjs';
import { startWatchdog } from '../shared/watchdog/start.mjs';
import { onParentEnd } from './parent-watch.mjs';
import { commandLine } from './compiled/command-line.mjs';

const SHIPPED = join(OWN_ROOT, 'rehearsals', 'rename-column');
const LINGER_MS = 5_000;

/** Was this started by `npm run` in this checkout? */
function byNpm() {
  return (
    process.env.npm_package_json === join(OWN_ROOT, 'package.json') &&
    realpathSync(process.cwd()) === OWN_ROOT
  );
}

/** npm runs scripts in the package's folder and keeps the caller's in INIT_CWD; paths belong to the caller. */
function callersFolder() {
  return (byNpm() && process.env.INIT_CWD) || process.cwd();
}

/** Who started this and wants it to end when they do: npm, or a program that says so by its pid. */
function watchParent() {
  const { REHEARSE_PARENT_PID: told } = process.env;
  delete process.env.REHEARSE_PARENT_PID;
  const gone = () => process.emit('SIGTERM', 'SIGTERM');
  if (told !== undefined) onParentEnd(gone, undefined, Number(told));
  else if (byNpm()) onParentEnd(gone);
}

async function start() {
  watchParent();
  const { exitCode, main, processIo } = await commandLine();
  if (exitCode !== undefined) return exitCode;
  startWatchdog({ reap: [process.execPath, fileURLToPath(import.meta.url), 'reap'] });
  const args = process.argv.slice(2);
  const program = byNpm() ? 'npm run -s rehearse --' : IS_PACKAGE ? 'npx rehearse' : 'rehearse';
  const shipped = args.length === 0 && !IS_PACKAGE;
  return main(shipped ? ['run', SHIPPED] : args, processIo({ cwd: callersFolder(), program }));
}

process.exitCode = await start();
// Nothing should keep the process alive now. If something does, the result is out and nobody should have to wait for it.
setTimeout(() => process.exit(), LINGER_MS).unref();
