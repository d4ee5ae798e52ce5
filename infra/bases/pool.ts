import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyData, filesOf, syncAll, syncOne } from './copy-data.ts';
import { isUsed, ownName, sweepDead, whileUsed } from './in-use.ts';
import { DATA, MANIFEST, readManifest, type Manifest } from './manifest.ts';
import type { Place } from './place.ts';

/** Nobody comes back to it. */
const OLDEST_MS = 30 * 24 * 3_600_000;
const NAME_DIGITS = 24;

/** One base as people see it. */
export interface Base extends Manifest {
  /** Of its folder. */
  readonly name: string;
  readonly lastUsedMs: number;
}

export interface NewBase extends Omit<Manifest, 'claim' | 'sizeBytes' | 'files' | 'madeAt'> {
  /** Of a server that was stopped cleanly. */
  readonly dataDir: string;
  /** Name of the oldest WAL segment that it needs. */
  readonly firstSegment: string;
}

/**
 * Data folders of restored databases, each kept under a key that stands for all that it was made of. Whole or not there, also
 * after a kill; several processes may work on it at once. Nothing but folders with a manifest of ours is ever removed.
 */
export class BasePool {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Newest use first. */
  async list(): Promise<Base[]> {
    const { dir } = this.#place;
    const names = (await readdir(dir).catch(() => [])).filter((name) => /^[0-9a-f]+$/.test(name));
    const bases: Base[] = [];
    for (const name of names) {
      const manifest = await readManifest(join(dir, name));
      const found = await stat(join(dir, name, MANIFEST)).catch(() => undefined);
      if (manifest && found) bases.push({ ...manifest, name, lastUsedMs: found.mtimeMs });
    }
    return bases.sort((a, b) => b.lastUsedMs - a.lastUsedMs);
  }

  /**
   * Copies the data of the key's base to a path where nothing is.
   * @returns what was recorded with it; undefined where there is none, or not a whole one
   */
  async clone(key: string, to: string): Promise<Manifest | undefined> {
    const { dir } = this.#place;
    const name = nameOf(key);
    const base = join(dir, name);
    if ((await readManifest(base)) === undefined) return undefined;
    return whileUsed(dir, name, async () => {
      // From here on nobody removes it; whoever did so before this was seen to be used left no manifest.
      const manifest = await readManifest(base);
      if (manifest?.key !== key) return undefined;
      try {
        await copyData(join(base, DATA), to);
        if (!isSame(await filesOf(to), manifest.files)) throw new Error('the copy is not whole');
      } catch {
        await rm(to, { recursive: true, force: true });
        return undefined;
      }
      const now = new Date();
      await utimes(join(base, MANIFEST), now, now).catch(() => undefined);
      return manifest;
    });
  }

  /**
   * Keeps a copy of a data folder. Older bases make room for it.
   * @returns why it was not kept, as the end of a sentence; undefined where it was
   */
  async keep({ dataDir, firstSegment, ...known }: NewBase): Promise<string | undefined> {
    const { dir, mostBytes } = this.#place;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await sweepDead(dir);
    const name = nameOf(known.key);
    if (await readManifest(join(dir, name))) return undefined;
    if ((await readdir(join(dataDir, 'pg_tblspc'))).length > 0) return 'it has tablespaces';
    const sizeBytes = sum(await filesOf(dataDir));
    if (sizeBytes > mostBytes) return `it is larger than all bases may be (REHEARSE_BASES_MAX)`;
    await this.#makeRoom(mostBytes - sizeBytes);
    const { bavail, bsize } = await statfs(dir);
    if (sizeBytes > (bavail * bsize) / 2) return 'it would take more than half of what the disk has free';
    const part = await ownName(dir, name, 'part');
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { mode: 0o700 });
    try {
      await copyData(dataDir, join(part, DATA), firstSegment);
      const files = await filesOf(join(part, DATA));
      const manifest: Manifest = {
        claim: 'dress-rehearsal base',
        ...known,
        madeAt: new Date().toISOString(),
        sizeBytes: sum(files),
        files,
      };
      await writeFile(join(part, MANIFEST), JSON.stringify(manifest), { mode: 0o600 });
      await syncAll(part);
      await rename(part, join(dir, name)).catch(ofAnother);
      await syncOne(dir);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    return undefined;
  }

  /** A base that no server starts on. */
  async forget(key: string): Promise<void> {
    await this.drop(nameOf(key));
  }

  /** @returns false where it is being copied just now, or is not there */
  async drop(name: string): Promise<boolean> {
    const { dir } = this.#place;
    if ((await readManifest(join(dir, name))) === undefined || (await isUsed(dir, name))) return false;
    const gone = await ownName(dir, name, 'gone');
    await rename(join(dir, name), gone).catch(() => undefined);
    await rm(gone, { recursive: true, force: true });
    return true;
  }

  async #makeRoom(leftBytes: number): Promise<void> {
    const bases = await this.list();
    let total = bases.reduce((all, { sizeBytes }) => all + sizeBytes, 0);
    for (const { name, sizeBytes, lastUsedMs } of bases.reverse()) {
      const isOld = Date.now() - lastUsedMs > OLDEST_MS;
      if ((total > leftBytes || isOld) && (await this.drop(name))) total -= sizeBytes;
    }
  }
}

function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, NAME_DIGITS);
}

/** Another run was faster with the same base: both are as good. */
function ofAnother(error: NodeJS.ErrnoException): void {
  if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
}

function isSame(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function sum(files: Readonly<Record<string, number>>): number {
  return Object.values(files).reduce((total, size) => total + size, 0);
}
