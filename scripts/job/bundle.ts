import { createHash } from 'node:crypto';
import { access, constants, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { IS_PACKAGE, OWN_ROOT as ROOT } from '../shared/places/own-files.mjs';

/** Bundles of other versions are kept this long: a run may still be handing one over. */
const KEEP_MS = 24 * 3_600_000;
/** In the package it is built already. */
const PACKAGED_BUNDLE = join(ROOT, 'scripts/job/driver.mjs');

/**
 * The engine as one JavaScript file that needs nothing but Node.js 20. Always built anew, which takes well under a second, and
 * named by its content: the same sources give the same file.
 * @returns its absolute path
 * @throws DRIVER_FAILED
 */
export async function bundleDriver(): Promise<string> {
  if (IS_PACKAGE) return PACKAGED_BUNDLE;
  const { buildBundle } = await import('./build-bundle.ts');
  const code = await buildBundle();
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
