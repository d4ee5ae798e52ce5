import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './install-lock.mjs';

const KEPT_CHARS = 2_000;

/**
 * Do the packages in node_modules have the versions of package-lock.json? npm writes node_modules/.package-lock.json as
 * the last act of an installation, so one that was interrupted does not count.
 */
export function isInstalled(root, { dev }) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, { version, optional, dev: onlyDev, devOptional, link }]) => {
    if (path === '' || link === true) return true;
    const found = present[path];
    if (found) return found.version === version;
    return optional === true || devOptional === true || (onlyDev === true && !dev);
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Installs the packages of package-lock.json when they are not there. Safe when two processes start at once.
 * Throws an Error with npm's own words when npm fails.
 */
export async function ensureInstalled(root, { dev = false, log = toStderr } = {}) {
  if (isInstalled(root, { dev })) return;
  await withLock(
    join(root, '.npm-install.lock'),
    async () => {
      if (isInstalled(root, { dev })) return;
      const startedAt = Date.now();
      log('installing the packages of package-lock.json (npm ci), once');
      await npmCi(root);
      log(`installed in ${Math.round((Date.now() - startedAt) / 1000)} s`);
    },
    { onWait: () => log('another process is installing; waiting for it') },
  );
}

function toStderr(line) {
  process.stderr.write(`rehearse: ${line}\n`);
}

/** Keeps the beginning of what npm complains about; what follows is mostly its own help. */
async function npmCi(root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  // npm tells its children where it is; without it (a plain `node scripts/setup/rehearse.mjs`) npm comes from PATH.
  const npm = process.env.npm_execpath;
  const viaNode = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm);
  const child = viaNode
    ? spawn(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('npm', args, {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: process.platform === 'win32',
      });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk) => {
    said = (said + String(chunk)).slice(0, KEPT_CHARS);
  });
  let stopped = false;
  const stop = (signal) => {
    stopped = true;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...ending) => resolve(ending));
    });
    if (stopped) throw new InstallInterrupted('npm ci was interrupted');
    if (code !== 0) throw new Error(`npm ci ended with ${signal ?? `exit code ${code}`}\n${said.trim()}`);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}

/** The user ended the installation. */
export class InstallInterrupted extends Error {}
