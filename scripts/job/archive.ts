import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { execa } from 'execa';
import { RehearsalError } from '../shared/errors.ts';
import { withoutForeign } from '../shared/descriptors.ts';

/** Evidence compresses well at any level; whoever was interrupted waits for this. */
const LEVEL = 1;
/** GNU tar: a file changed while it was read, as when an interrupted engine did not end in time. */
const CHANGED = 1;

/**
 * The content of a folder as tar.gz; its names begin inside the folder. The file is there in one step.
 * @throws DRIVER_FAILED, DISK_FULL
 */
export async function archiveFolder(
  folder: string,
  path: string,
): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const part = `${path}.part`;
  const names = (await readdir(folder)).sort();
  const tar = execa('tar', ['-c', '-f', '-', '-C', folder, '--', ...names], {
    buffer: false,
    reject: false,
    stdio: withoutForeign('ignore', 'pipe', 'ignore'),
  });
  try {
    await pipeline(
      tar.stdout,
      createGzip({ level: LEVEL }),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          hash.update(chunk);
          sizeBytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(part),
    );
  } catch (cause) {
    await rm(part, { force: true }); // room for what still has to be written
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw notArchived(full ? 'DISK_FULL' : 'DRIVER_FAILED', String(cause), cause);
  }
  const { failed, exitCode, code } = await tar;
  if (failed && exitCode !== CHANGED) {
    throw notArchived('DRIVER_FAILED', code ?? `tar ended with exit code ${exitCode ?? 'unknown'}`);
  }
  await rename(part, path);
  return { sha256: hash.digest('hex'), sizeBytes };
}

function notArchived(code: 'DISK_FULL' | 'DRIVER_FAILED', why: string, cause?: unknown): RehearsalError {
  return new RehearsalError(code, `the driver host cannot pack the run's evidence: ${why}`, {
    hint: 'the driver host needs tar, and room for a copy of what the run recorded',
    cause,
  });
}
