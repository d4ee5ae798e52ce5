// `npm test`: installs what is missing, then every static check and every test. Extra arguments go to vitest.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, InstallInterrupted } from './install.mjs';
import { nodeTooOld } from './node-version.mjs';
import { onParentEnd } from './parent-watch.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const STATIC_CHECKS = [
  { name: 'typecheck', program: 'typescript/bin/tsc', args: ['--noEmit'] },
  { name: 'lint', program: 'eslint/bin/eslint.js', args: ['.'] },
  { name: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level=warn', '.'] },
];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function say(line) {
  process.stderr.write(`test: ${line}\n`);
}

/** Runs a program of node_modules with our own terminal; resolves with whether it succeeded. */
async function runNode(program, args, env = {}) {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (signal !== null) reject(new Error(`${program} was ended by ${signal}`));
        else resolve(code === 0);
      });
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}

async function start() {
  const tooOld = nodeTooOld();
  if (tooOld) {
    process.stderr.write(`${tooOld}\n`);
    return 2;
  }
  if (process.env.npm_lifecycle_event) onParentEnd(() => process.emit('SIGTERM', 'SIGTERM'));
  try {
    await ensureInstalled(ROOT, { dev: true });
  } catch (error) {
    process.stderr.write(`error INSTALL_FAILED: ${error.message}\n`);
    return error instanceof InstallInterrupted ? 130 : 3;
  }
  const failed = [];
  for (const { name, program, args } of STATIC_CHECKS) {
    say(name);
    if (!(await runNode(program, args))) failed.push(name);
  }
  if (failed.length > 0) say(`failed before the tests: ${failed.join(', ')}`);
  say('vitest');
  // The reporter adds them to the last line, so that it never says `0 failed` when something did.
  const tested = await runNode('vitest/vitest.mjs', ['run', ...process.argv.slice(2)], {
    FAILED_STATIC_CHECKS: String(failed.length),
  });
  return tested && failed.length === 0 ? 0 : 1;
}

process.exitCode = await start();
