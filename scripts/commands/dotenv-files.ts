import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'dotenv';
import { readPlainFile } from '../shared/files/plain-file.ts';
import { PRIVATE_FOLDER } from '../shared/places/user-project.ts';

const LONGEST_BYTES = 1024 ** 2;
/** How far below the rehearsal's folder is looked: a command may change into a folder of the project first. */
const DEPTH = 3;
const MOST_FOLDERS = 500;
const PASSED_OVER = new Set(['node_modules', 'runs', PRIVATE_FOLDER, 'vendor']);

/** `.env`, `.env.local`, `.env.production` …: whichever a program may read by itself. */
export function isDotenv(name: string): boolean {
  return name === '.env' || name.startsWith('.env.');
}

/**
 * Every variable in the `.env` files that a program started in `dir` may come upon: there, above it (many look upwards) and a
 * few levels below. Of one that stands in several the nearest value counts. Unreadable ones are passed over, as by the program.
 */
export async function dotenvNear(dir: string): Promise<Record<string, string>> {
  const folders = [...foldersAbove(dir), ...(await foldersBelow(dir)).reverse(), dir];
  const all: Record<string, string> = {};
  for (const folder of folders) Object.assign(all, await dotenvOf(folder));
  return all;
}

async function dotenvOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter(isDotenv).sort();
  const all: Record<string, string> = {};
  for (const name of names) {
    const bytes = await readPlainFile(join(folder, name), LONGEST_BYTES).catch(() => undefined);
    if (bytes) Object.assign(all, parse(bytes));
  }
  return all;
}

/** From the root down to the parent of `dir`. */
function foldersAbove(dir: string): string[] {
  const above: string[] = [];
  for (let each = dirname(dir), last = dir; each !== last; last = each, each = dirname(each))
    above.unshift(each);
  return above;
}

async function foldersBelow(dir: string): Promise<string[]> {
  const found: string[] = [];
  let level = [dir];
  for (let depth = 0; depth < DEPTH; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries)
        if (entry.isDirectory() && !entry.name.startsWith('.') && !PASSED_OVER.has(entry.name))
          next.push(join(folder, entry.name));
      if (found.length + next.length > MOST_FOLDERS) break;
    }
    found.push(...next);
    level = next;
  }
  return found.slice(0, MOST_FOLDERS);
}
