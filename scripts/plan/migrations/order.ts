import { basename, dirname } from 'node:path';

/** Names of files that say which way they go; the migration's own name is that of their folder. */
const IN_OWN_FOLDER = /^(?:migration|up|down)\.sql$/i;

/** The migration's name as its tool has it: without its direction and its ending. */
export function migrationName(file: string): string {
  const name = basename(file);
  if (IN_OWN_FOLDER.test(name)) return basename(dirname(file));
  return name.replace(/\.(?:up|down|rollback)\.sql$|\.sql$/i, '');
}

/** What both directions of a migration have in common: its version; its name where it has none. */
export function versionOf(file: string): string {
  const name = migrationName(file);
  return /^[VU](\d[\d._]*?)__/.exec(name)?.[1] ?? /^\d[\d-]*/.exec(name)?.[0] ?? name;
}

/** Tools that compare names as texts; the others, and people, compare the numbers in front. */
const BY_NAME: ReadonlySet<string> = new Set(['Prisma', 'diesel', 'dbmate', 'Supabase', 'Atlas']);

/** Compares two migrations of a tool, as `sort` wants it: those without a version, such as Flyway's repeatable ones, come last. */
export function compareMigrations(tool: string | undefined, a: string, b: string): number {
  if (tool !== undefined && BY_NAME.has(tool)) return compareTexts(migrationName(a), migrationName(b));
  const [one, other] = [numbersOf(a), numbersOf(b)];
  if (one.length === 0 || other.length === 0)
    return other.length - one.length || compareTexts(migrationName(a), migrationName(b));
  for (let part = 0; part < Math.max(one.length, other.length); part += 1) {
    const difference = (one[part] ?? 0n) - (other[part] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return compareTexts(migrationName(a), migrationName(b));
}

function numbersOf(file: string): bigint[] {
  const version = versionOf(file);
  return /^\d/.test(version) ? (version.match(/\d+/g) ?? []).map(BigInt) : [];
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each behind those that it names; otherwise as they came. */
export function byDependencies<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  needs: (one: T) => readonly string[],
): T[] {
  const done = new Set<T>();
  const byName = new Map(all.map((one) => [nameOf(one), one]));
  const visit = (one: T, above: ReadonlySet<T>): void => {
    if (done.has(one) || above.has(one)) return;
    for (const name of needs(one)) {
      const other = byName.get(name);
      if (other !== undefined) visit(other, new Set([...above, one]));
    }
    done.add(one);
  };
  for (const one of all) visit(one, new Set());
  return [...done];
}
