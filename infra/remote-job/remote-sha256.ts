import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { OpenConnection } from '../ssh/open-connection.ts';
import { shellWord } from '../ssh/quote.ts';

/** Slower disks than this are not waited for. */
const SLOWEST_BYTES_PER_MS = 5_000;
const LEAST_MS = 60_000;

/** What the host reads in its own file, in hexadecimal. @throws DRIVER_FAILED */
export async function remoteSha256(
  connection: OpenConnection,
  path: string,
  sizeBytes: number,
): Promise<string> {
  const timeoutMs = LEAST_MS + sizeBytes / SLOWEST_BYTES_PER_MS;
  const { code, stdout, stderr } = await connection.exec(`sha256sum <${shellWord(path)}`, { timeoutMs });
  const sum = /^[0-9a-f]{64}/.exec(stdout)?.[0];
  if (code === 0 && sum !== undefined) return sum;
  throw new RehearsalError(
    'DRIVER_FAILED',
    `the driver host cannot compute the sha256 of ${path}: ${stderr.trim()}`,
    {
      hint: 'the driver host needs sha256sum (coreutils)',
    },
  );
}
