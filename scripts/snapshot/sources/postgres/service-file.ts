import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { refused } from '../remote-source.ts';

const FILE = 'pg_service.conf';
/** Where Debian's and the PGDG's libpq have the one for all users; elsewhere PGSYSCONFDIR names it. */
const SYSTEM_FOLDER = '/etc/postgresql-common';

/**
 * What a service of libpq says of a connection, by the names of its parameters (PostgreSQL, "The Connection Service File"): the
 * user's own file first, then the one for all.
 * @throws CONNECTION_FAILED where none has it
 */
export function serviceOf(name: string, env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const own = env['PGSERVICEFILE'] ?? join(env['HOME'] ?? homedir(), `.${FILE}`);
  const files = [own, join(env['PGSYSCONFDIR'] ?? SYSTEM_FOLDER, FILE)];
  for (const file of files.filter((each) => existsSync(each))) {
    const found = sectionOf(readFileSync(file, 'utf8'), name);
    if (found !== undefined) return found;
  }
  throw refused(
    `service ${name}`,
    `neither ${files.join(' nor ')} defines it`,
    'write it there, or name the host in the URL; PGSERVICEFILE names another file',
  );
}

function sectionOf(text: string, name: string): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    const section = /^\[(.*)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      if (found !== undefined) return found;
      if (section === name) found = {};
    } else if (found !== undefined && line !== '' && !line.startsWith('#')) {
      const [key = '', ...value] = line.split('=');
      found[key.trim()] = value.join('=').trim();
    }
  }
  return found;
}
