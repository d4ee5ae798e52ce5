import { execa } from 'execa';
import { withoutForeign } from '../../scripts/shared/descriptors.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';

const LOOK_MS = 20_000;

/**
 * Are all of these installed on this machine? Nothing is installed here.
 * @throws POSTGRES_NOT_FOUND with all that are missing
 */
export async function requireInstalled(packages: readonly string[]): Promise<void> {
  // Fails for one that it does not know, and tells of the others all the same.
  const { stdout, failed, exitCode } = await execa(
    'dpkg-query',
    ['--show', '--showformat=${Package} ${db:Status-Status}\n', ...packages],
    { reject: false, timeout: LOOK_MS, stdio: withoutForeign('ignore', 'pipe', 'ignore') },
  );
  const names = packages.join(', ');
  if (failed && exitCode === undefined) {
    throw new RehearsalError(
      'POSTGRES_NOT_FOUND',
      `postgres.packages (${names}) are packages of Debian and Ubuntu, and this machine has no dpkg`,
      { hint: 'rehearse on rented hosts, which install them; or name a folder as postgres.binDir instead' },
    );
  }
  const installed = new Set(stdout.split('\n').map((line) => line.trim()));
  const missing = packages.filter((name) => !installed.has(`${name} installed`));
  if (missing.length === 0) return;
  throw new RehearsalError(
    'POSTGRES_NOT_FOUND',
    `postgres.packages: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed on this machine`,
    {
      hint: `apt-get install ${missing.join(' ')} (from apt.postgresql.org), or rehearse on rented hosts, which install them`,
    },
  );
}
