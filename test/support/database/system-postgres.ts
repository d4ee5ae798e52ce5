import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '../needs.ts';

const DEBIAN = '/usr/lib/postgresql';
/** What npm brings; a dump of a newer version could not be restored into it. */
const NEWEST_USEFUL = 18;

interface SystemPostgres {
  /** Major version. */
  readonly version: number;
  readonly binDir: string;
}

function installed(): SystemPostgres | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number) : [];
  return versions
    .filter((version) => version <= NEWEST_USEFUL)
    .sort((a, b) => b - a)
    .map((version) => ({ version, binDir: join(DEBIAN, String(version), 'bin') }))
    .find(({ binDir }) => existsSync(join(binDir, 'initdb')) && existsSync(join(binDir, 'pg_dump')));
}

/** A PostgreSQL of the distribution, beside the one from npm; where there is none, the paths lead nowhere and tests skip. */
export const SYSTEM_POSTGRES: SystemPostgres = installed() ?? {
  version: 15,
  binDir: join(DEBIAN, '15', 'bin'),
};

/** Is it there? Said aloud where not; in CI that is a failure. */
export function needsSystemPostgres(why: string): boolean {
  return needs(join(SYSTEM_POSTGRES.binDir, 'pg_dump'), why);
}
