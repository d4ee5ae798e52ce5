import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text/format.ts';

/** So much will be written below that folder; the folder need not be there yet. */
interface DiskNeed {
  readonly folder: string;
  readonly bytes: number;
}

/** @throws DISK_FULL when a file system has less room than all that will be written to it */
export async function requireSpace(needs: readonly DiskNeed[], what: string): Promise<void> {
  const perFileSystem = new Map<number, { folder: string; bytes: number }>();
  for (const { folder, bytes } of needs) {
    const existing = await existingPart(folder);
    const { dev } = await stat(existing);
    const sofar = perFileSystem.get(dev)?.bytes ?? 0;
    perFileSystem.set(dev, { folder: existing, bytes: sofar + bytes });
  }
  for (const { folder, bytes } of perFileSystem.values()) {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize >= bytes) continue;
    const free = `${folder} has ${formatBytes(bavail * bsize)} free`;
    throw new RehearsalError('DISK_FULL', `${what} needs ${formatBytes(bytes)} and ${free}`, {
      hint: 'free some, or set GOMODCACHE, GOCACHE and XDG_CACHE_HOME to folders with more, then npm run setup',
    });
  }
}

async function existingPart(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined || path === dirname(path)) return path;
  }
}
