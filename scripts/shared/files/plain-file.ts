import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';

/** Nothing that a person writes and nothing that a run leaves is longer; a Buffer of Node's holds no more than twice that. */
const LONGEST_BYTES = 1024 ** 3;

/** What was to be read is a pipe, a device, a socket or a folder, or has no end. */
export class NotAFileError extends Error {
  readonly code = 'NOT_A_FILE';

  constructor(path: string, what = 'is not a file') {
    super(`${path} ${what}`);
    this.name = 'NotAFileError';
  }
}

/**
 * The bytes of a regular file, links followed. Never waits for a writer or a device, as reading from a pipe would.
 * @throws NotAFileError, or what the system says (ENOENT, EACCES)
 */
export async function readPlainFile(path: string, longestBytes: number = LONGEST_BYTES): Promise<Buffer> {
  await requirePlainFile(path); // opening a device may do something by itself
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat(); // it may have been put in place of the other since
    if (!found.isFile()) throw new NotAFileError(path);
    if (found.size > longestBytes) throw new NotAFileError(path, `is longer than ${longestBytes} bytes`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** @throws NotAFileError, or what the system says where there is nothing */
async function requirePlainFile(path: string): Promise<void> {
  if (!(await stat(path)).isFile()) throw new NotAFileError(path);
}
