import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const NAME = 'pg_service.conf';
/** Folders that builds of libpq take for the system's own (its manual, The Connection Service File). */
const SYSTEM = [
  '/etc',
  '/etc/postgresql',
  '/etc/postgresql-common',
  '/etc/sysconfig/pgsql',
  '/usr/local/etc',
  '/usr/local/etc/postgresql',
  '/usr/local/pgsql/etc',
  '/opt/homebrew/etc/postgresql',
];

/**
 * Can a program of the author's come upon a file that names other databases as services? Where it cannot, it is better not told
 * of any: Go's lib/pq ends with a panic on the mere presence of PGSERVICEFILE or PGSYSCONFDIR.
 * @param command what is about to run; one that names a service is taken at its word
 */
export async function meetsServices(
  command: string,
  env: NodeJS.ProcessEnv,
  system: readonly string[] = SYSTEM,
): Promise<boolean> {
  if (/\bservice\s*=|pgservice|pg_service/i.test(command)) return true;
  const { PGSERVICEFILE: own, PGSYSCONFDIR: folder, HOME: home = homedir() } = env;
  const places = [join(home, `.${NAME}`), ...system.map((each) => join(each, NAME))];
  if (own !== undefined) places.push(own);
  if (folder !== undefined) places.push(join(folder, NAME));
  const found = await Promise.all(places.map(isThere));
  return found.includes(true);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
