import { readFile, stat } from 'node:fs/promises';
import type { LiveServer } from './live-server.ts';

/** Others may read or write it: libpq does not take a password out of such a file either. */
const OTHERS = 0o077;

/**
 * The password that the user's password file has for a server, as libpq finds it (PostgreSQL, "The Password File"): the first line
 * whose host, port, database and user fit; empty where none does.
 */
export async function passwordInFile(server: LiveServer): Promise<string> {
  const { passwordFile: path, host, port, database, user } = server;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || (found.mode & OTHERS) !== 0) return '';
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const [password = '', ...fields] = fieldsOf(line).reverse();
    const fits = fields.reverse().map((field, at) => field === '*' || field === wanted[at]);
    if (fits.length === wanted.length && fits.every(Boolean)) return password;
  }
  return '';
}

/** A colon or a backslash in a field has a backslash in front. */
function fieldsOf(line: string): string[] {
  return (line.match(/(?:^|:)(?:\\.|[^:\\])*/g) ?? []).map((field) =>
    field.replace(/^:/, '').replace(/\\(.)/g, '$1'),
  );
}
