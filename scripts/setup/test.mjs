// `npm test`: installs what is missing, then every static check and every test. Extra arguments go to vitest.
// `npm run test:matrix` (`--matrix` first): the exhaustive matrices alone, without the static checks.
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
  { name: 'circles', program: 'tsx/dist/cli.mjs', args: ['scripts/setup/circles.ts'] },
  { name: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level=warn', '.'] },
];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const INTERRUPTED = 130;
const IS_MATRIX = process.argv[2] === '--matrix';
const VITEST_ARGS = IS_MATRIX
  ? ['run', '--config', 'test/matrix/vitest.config.ts', ...process.argv.slice(3)]
  : ['run', ...process.argv.slice(2)];

function say(line) {
  process.stderr.write(`test: ${line}\n`);
}

/** Runs a program of node_modules with our own terminal; resolves with whether it succeeded. */
async function runNode(program, args, env = {}) {
  const { code, signal } = await spawnNode([join('node_modules', program), ...args], {
    stdio: 'inherit',
    env,
  });
  if (signal !== null) throw new Error(`${program} was ended by ${signal}`);
  return code === 0;
}

/** Runs a script of the project by this Node; signals are passed on to it. */
async function spawnNode(args, { stdio, env = {} }) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio, env: { ...process.env, ...env } });
  let stdout = '';
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
  const forward = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...ending) => resolve(ending));
    });
    return { code, signal, stdout };
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}

/**
 * Gets what the tests of `pulumi up` need. Elsewhere than in CI they are skipped where that cannot be had: `env` then tells
 * the tests why. With `exitCode` set it is over.
 */
async function setUpEngine() {
  say('setup');
  const { code, signal, stdout } = await spawnNode(
    ['scripts/setup/setup.mjs', '--json', '--accept-stand-in'],
    {
      stdio: ['inherit', 'pipe', 'inherit'],
    },
  );
  if (code === 0) return { env: {} };
  if (signal !== null || code === INTERRUPTED) return { exitCode: INTERRUPTED };
  if (process.env.CI === 'true') {
    say('set-up failed, and in CI no test may be skipped');
    return { exitCode: 1 };
  }
  const why = missingIn(stdout);
  if (why === undefined) return { env: {} };
  say(`SKIPPING THE TESTS THAT NEED THE PULUMI ENGINE: ${why}`);
  return { env: { REHEARSE_NO_ENGINE: why } };
}

/** What set-up could not get of the engine; undefined where something else is missing. */
function missingIn(json) {
  try {
    const { engine, problem } = JSON.parse(json);
    if (engine.languageHost === null) return problem ?? 'pulumi-language-nodejs is missing';
    return engine.missing && (problem ?? engine.missing);
  } catch {
    return 'set-up did not end properly';
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
  // Where the engine has to be built, the static checks leave a core for that.
  const settingUp = setUpEngine();
  const failed = [];
  for (const { name, program, args } of IS_MATRIX ? [] : STATIC_CHECKS) {
    say(name);
    if (!(await runNode(program, args))) failed.push(name);
  }
  const engine = await settingUp;
  if (engine.exitCode !== undefined) return engine.exitCode;
  if (failed.length > 0) say(`failed before the tests: ${failed.join(', ')}`);
  say('vitest');
  // The reporter adds them to the last line, so that it never says `0 failed` when something did.
  const tested = await runNode('vitest/vitest.mjs', VITEST_ARGS, {
    FAILED_STATIC_CHECKS: String(failed.length),
    ...engine.env,
  });
  return tested && failed.length === 0 ? 0 : 1;
}

process.exitCode = await start();
