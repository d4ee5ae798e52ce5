import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { splitSql } from '../../pg/sql/split.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { readPlainFile } from '../../shared/files/plain-file.ts';
import { defined } from '../schema/defined.ts';
import { isInRustProject } from '../transactions/rust-project.ts';
import { besideOf, toolRuleOf, type ToolRule } from '../transactions/migration-tools.ts';
import { upPart } from '../transactions/parts.ts';
import { byDependencies, compareMigrations, migrationName, versionOf } from './order.ts';
import { programsIn, withoutSql } from './programs.ts';
import { asPlanned, SQITCH } from './sqitch-plan.ts';

/** One migration of a folder. */
export interface Migration {
  /** As its tool has it, such as `20261101120000_add_phone`. */
  readonly name: string;
  /** Absolute; what goes up. */
  readonly file: string;
  /** The part of the file that goes up; its lines keep their numbers. */
  readonly up: string;
  /** Absolute path of the file that holds the way back, where the tool has one. */
  readonly down?: string;
  /** It runs again whenever it has changed, after all that run once. */
  readonly repeats?: true;
}

export interface MigrationFolder {
  /** Absolute. */
  readonly folder: string;
  /** Undefined where nothing tells which tool's they are. */
  readonly tool: string | undefined;
  /** In the tool's order; those without a statement are left out. */
  readonly migrations: readonly Migration[];
  /** Names of files beside them that are programs: their tool runs them too, and nothing here does. */
  readonly programs: readonly string[];
  /** What of their tool is not read, as sentences. */
  readonly notes: readonly string[];
}

interface File {
  readonly file: string;
  readonly text: string;
  readonly rule: ToolRule | undefined;
}

/** Tools that mark only those of their files that are an exception. */
const MARKS_SOME: ReadonlySet<string> = new Set(['Atlas', 'yoyo', 'Drizzle']);
const ROLLBACK_FILE = /\.rollback\.sql$/i;
const LIQUIBASE = /^--\s*liquibase\s+formatted\s+sql\b/i;
const LIQUIBASE_UNREAD =
  'Liquibase takes its order from the changelog, and a transaction for each changeset: neither is read; they come by their names, statement by statement';
const HINT = 'name the folder that the migration tool reads, such as prisma/migrations';

/**
 * The migrations of a folder, in the order in which their tool runs them.
 * @param folder absolute; @param shown as messages call it
 * @throws USAGE where it holds none, or those of several tools
 */
export async function listMigrations(folder: string, shown: string): Promise<MigrationFolder> {
  const isRust = await isInRustProject(join(folder, 'x.sql'));
  const files = await Promise.all((await sqlFiles(folder, shown)).map((file) => readOne(file, isRust)));
  const tools = [...new Set(files.flatMap(({ rule }) => (rule === undefined ? [] : [rule.tool])))];
  const [tool, ...others] = tools;
  if (others.length > 0)
    throw new RehearsalError('USAGE', `${shown} holds migrations of ${tools.join(' and ')}`, {
      hint: 'name the folder of one of them',
    });
  const own = files.filter(
    ({ rule }) => rule?.tool === tool || (rule === undefined && MARKS_SOME.has(tool ?? '')),
  );
  const downs = own.filter(({ file, rule }) => rule?.down ?? ROLLBACK_FILE.test(file));
  const both = tool === SQITCH ? migrationName : versionOf;
  const backOf = new Map(downs.map(({ file }) => [both(file), file]));
  const ups = own
    .filter((one) => !downs.includes(one))
    .sort((a, b) => compareMigrations(tool, a.file, b.file));
  const ordered = await toolsOwnOrder(tool, { folder, shown }, ups);
  const backs = (file: string): string | undefined => backOf.get(both(file));
  const migrations = (await Promise.all(ordered.map((one) => migrationOf(one, backs)))).flat();
  if (migrations.length === 0) throw await withoutSql(folder, shown, HINT);
  const notes = files.some(({ text }) => LIQUIBASE.test(text)) ? [LIQUIBASE_UNREAD] : [];
  return { folder, tool, migrations, programs: await programsIn(folder), notes };
}

/** None where nothing of it is a statement. */
async function migrationOf(
  { file, text, rule }: File,
  backOf: (file: string) => string | undefined,
): Promise<Migration[]> {
  const up = rule === undefined ? text : upPart(text, rule);
  const split = await splitSql(up);
  if (split.ok && split.statements.length === 0) return [];
  const down = rule?.downPart === undefined ? backOf(file) : file;
  return [{ name: migrationName(file), file, up, ...defined({ down, repeats: rule?.repeats }) }];
}

async function readOne(file: string, isRust: boolean): Promise<File> {
  const text = (await readPlainFile(file)).toString('utf8');
  const path = file.split(sep).join('/');
  const other = besideOf(path, isRust);
  const beside = other === undefined ? undefined : await readFile(other, 'utf8').catch(() => undefined);
  return { file, text, rule: toolRuleOf(path, text, { beside, isRust }) };
}

const FLYWAY_FILE = /(?:^|[\\/])(?:[VU]\d[\d._]*|R)__[^\\/]*\.sql$/;

/** A tool has a file for each migration, or a folder with one; Flyway looks at all folders below its own. */
async function sqlFiles(folder: string, shown: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((cause: unknown) => {
    throw new RehearsalError('USAGE', `${shown} is not a folder that can be read`, { hint: HINT, cause });
  });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => dirname(file) === folder || dirname(dirname(file)) === folder || FLYWAY_FILE.test(file))
    .sort();
}

const DEPENDS = /^--\s*depends:(.*)$/gm;

/** What the names do not tell: Drizzle's journal, Sqitch's plan, and the migrations that one of yoyo's names as its own. */
async function toolsOwnOrder(
  tool: string | undefined,
  { folder, shown }: { readonly folder: string; readonly shown: string },
  files: File[],
): Promise<File[]> {
  if (tool === 'yoyo')
    return byDependencies(
      files,
      ({ file }) => migrationName(file),
      ({ text }) => [...text.matchAll(DEPENDS)].flatMap(([, names = '']) => names.trim().split(/\s+/)),
    );
  if (tool === SQITCH) return asPlanned(files, folder, shown);
  if (tool !== 'Drizzle') return files;
  const journal = await readFile(join(folder, 'meta/_journal.json'), 'utf8').catch(() => '');
  const place = ({ file }: File): number => journal.indexOf(`"${migrationName(file)}"`);
  return [...files].sort((a, b) => place(a) - place(b));
}
