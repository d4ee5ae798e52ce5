import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { programsHint } from '../../plan/migrations/programs.ts';
import { SQITCH_PLAN } from '../../plan/migrations/sqitch-plan.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { projectRoot } from '../../shared/places/user-project.ts';

/** Where each tool keeps its migrations when nobody tells it otherwise, from the project's folder. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  prisma: ['prisma/migrations'],
  supabase: ['supabase/migrations'],
  drizzle: ['drizzle', 'src/drizzle', 'drizzle/migrations'],
  flyway: ['src/main/resources/db/migration', 'migrations', 'sql', 'db/migration'],
  'golang-migrate': ['migrations', 'db/migrations', 'db/migration', 'database/migrations'],
  goose: ['migrations', 'db/migrations', 'sql/migrations'],
  dbmate: ['db/migrations', 'migrations'],
  'sql-migrate': ['migrations', 'db/migrations'],
  micrate: ['db/migrations'],
  'node-pg-migrate': ['migrations'],
  diesel: ['migrations'],
  sqlx: ['migrations'],
  refinery: ['migrations'],
  postgrator: ['migrations'],
  yoyo: ['migrations'],
  atlas: ['migrations'],
  sqitch: ['.', 'sqitch', 'db', 'database'],
};

/** A file without which such a folder is none of the tool's. */
const HOLDS: Readonly<Record<string, string>> = { sqitch: SQITCH_PLAN };

/** Whose migrations are programs: what one of them ends in. */
const PROGRAMS: Readonly<Record<string, string>> = {
  knex: '.js',
  typeorm: '.ts',
  sequelize: '.js',
  'db-migrate': '.js',
  rails: '.rb',
  alembic: '.py',
  django: '.py',
};

/**
 * The folder that `--from` means: a path, or the name of a tool that has its migrations where it usually does.
 * @returns absolute
 * @throws USAGE
 */
export async function findMigrations(from: string, cwd: string): Promise<string> {
  const path = resolve(cwd, from);
  const usual = USUAL[from.toLowerCase()];
  if (usual === undefined && (await isFolder(path))) return projectOf(path);
  const ending = PROGRAMS[from.toLowerCase()];
  if (ending !== undefined)
    throw new RehearsalError('USAGE', `the migrations of ${from} are programs, which only it can run`, {
      hint: programsHint(ending),
    });
  if (usual === undefined)
    throw new RehearsalError('USAGE', `${from} is neither a folder nor a tool that is known`, {
      hint: `name the folder of the migrations, or one of ${Object.keys(USUAL).join(', ')}`,
    });
  const root = projectRoot(cwd);
  const mark = HOLDS[from.toLowerCase()] ?? '.';
  for (const name of usual)
    if ((await isFolder(join(root, name))) && existsSync(join(root, name, mark))) return join(root, name);
  if (await isFolder(path)) return path;
  throw new RehearsalError('USAGE', `there are no migrations of ${from} where it usually has them`, {
    hint: `looked for ${usual.map((name) => relative(cwd, join(root, name, HOLDS[from.toLowerCase()] ?? '.'))).join(', ')}; name their folder`,
  });
}

/** Sqitch's scripts have their ways back in a folder beside them. */
function projectOf(path: string): string {
  const isSqitch = basename(path) === 'deploy' && existsSync(join(dirname(path), SQITCH_PLAN));
  return isSqitch ? dirname(path) : path;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
