import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import {
  listMigrations,
  type Migration,
  type MigrationFolder,
} from '../../plan/migrations/list-migrations.ts';
import { LEDGER } from '../../plan/read/steps/read-migrations.ts';
import { knownToGit } from '../../plan/migrations/git-since.ts';
import { defined } from '../../plan/schema/defined.ts';
import { readLedger } from '../../snapshot/read-ledger.ts';
import type { Known } from '../../plan/migrations/known.ts';
import { InputError, RehearsalError, type Mistake } from '../../shared/errors.ts';
import { REHEARSALS_FOLDER } from '../../shared/places/user-project.ts';
import { findMigrations } from './find-folder.ts';
import { serverUrl } from './server-schema.ts';

/** The options of `rehearse init --from` as they were typed. */
export interface InitFromOptions {
  readonly from: string;
  readonly newest?: string;
  readonly snapshot?: string;
  readonly server?: string;
  /** A git ref, or `ledger`. */
  readonly since?: string;
}

/** What was asked for, found and without a mistake. */
export interface Asked {
  readonly name: string;
  /** Absolute; not there yet. */
  readonly dir: string;
  readonly tool: MigrationFolder['tool'];
  /** The folder of the migrations as the caller would write it. */
  readonly shown: string;
  readonly earlier: readonly Migration[];
  /** The newest, at least one. */
  readonly steps: readonly Migration[];
  readonly schema: SchemaSource;
  /** Absolute: the folder of the migrations. */
  readonly folder: string;
  /** The plan is what this git ref, or `ledger`, lacks at the time of each run; undefined = the steps as they are listed. */
  readonly since?: string;
  /** What does not fit together, as sentences. */
  readonly notes: readonly string[];
}

/** Where the tables come from. */
type SchemaSource =
  | { readonly kind: 'migrations' }
  /** Absolute path of a dump. */
  | { readonly kind: 'snapshot'; readonly path: string }
  /** A server that is only read: a connection URL. */
  | { readonly kind: 'server'; readonly url: string };

/** As rehearsal.yaml wants its `name`. */
export const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const LONGEST_NAME = 63;

/** @throws InputError with every mistake; nothing was written */
export async function readAsked(
  name: string | undefined,
  options: InitFromOptions,
  { cwd, root, env }: { readonly cwd: string; readonly root: string; readonly env: NodeJS.ProcessEnv },
): Promise<Asked> {
  const mistakes: Mistake[] = [];
  const mistake = (key: string, message: string): void => {
    mistakes.push({ file: 'init', key, message });
  };
  const found = await findFolder(options.from, cwd, mistake);
  const all = found?.migrations ?? [];
  const schema = await schemaOf(options, { cwd, env }, mistake);
  const runOnce = all.filter(({ repeats }) => repeats !== true);
  const numbered = runOnce.length > 0 ? runOnce : all;
  const count = newest(options.newest, numbered.length, mistake);
  const { since } = options;
  if (since !== undefined) checkSince(since, options, mistake);
  const known = found && (await knownBy({ ...options, schema, cwd }, found, mistake));
  const lacking = all.filter((migration) => known?.has(migration) === false);
  if (known !== undefined && lacking.length === 0 && since !== undefined)
    mistake(
      `--since ${since}`,
      `has all ${all.length} migrations: there is nothing new to look at; begin on a branch that adds one`,
    );
  else if (known !== undefined && lacking.length === 0)
    mistake('--snapshot', `has run all ${all.length} migrations; take an older dump, or say --newest 1`);
  const steps = lacking.length > 0 ? lacking : numbered.slice(numbered.length - count);
  const chosen = name ?? nameAfter(steps.at(-1)?.name ?? '');
  const dir = join(root, REHEARSALS_FOLDER, chosen);
  if (!NAME.test(chosen))
    mistake(chosen, 'is not a name for a rehearsal; use small letters, digits and dashes');
  else if (existsSync(dir))
    mistake(relative(cwd, dir), 'is there already; take another name: rehearse init <name>');
  if (mistakes.length > 0 || found === undefined) throw new InputError(mistakes);
  const shown = relative(cwd, found.folder) || '.';
  return {
    name: chosen,
    dir,
    tool: found.tool,
    folder: found.folder,
    ...defined({ since }),
    shown,
    earlier: all.filter((migration) => !steps.includes(migration)),
    notes: [...notesOfPrograms(found), ...found.notes, ...(known?.notes(all) ?? [])],
    steps,
    schema,
  };
}

function notesOfPrograms({ programs }: MigrationFolder): string[] {
  if (programs.length === 0) return [];
  const all = programs.length === 1 ? 'is a program and is' : 'are programs and are';
  return [
    `${programs.slice(0, 5).join(', ')}${programs.length > 5 ? ` and ${programs.length - 5} more` : ''} ${all} left out: only SQL is read; a command: step runs the tool itself`,
  ];
}

/** @param at the option or argument as it was typed */
type OnMistake = (at: string, message: string) => void;

async function findFolder(
  from: string,
  cwd: string,
  mistake: OnMistake,
): Promise<MigrationFolder | undefined> {
  try {
    const folder = await findMigrations(from, cwd);
    return await listMigrations(folder, relative(cwd, folder) || '.');
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    mistake(`--from ${from}`, `${error.message}; ${error.hint ?? ''}`);
    return undefined;
  }
}

function newest(written: string | undefined, most: number, mistake: OnMistake): number {
  const count = Number(written ?? 1);
  if (Number.isInteger(count) && count >= 1 && (most === 0 || count <= most)) return Math.min(count, most);
  const limit = most === 0 ? 'from 1 on' : `from 1 to ${most}, which are there`;
  mistake(`--newest ${written ?? ''}`, `is not a number of migrations ${limit}`);
  return 1;
}

async function schemaOf(
  { snapshot, server }: InitFromOptions,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  mistake: OnMistake,
): Promise<SchemaSource> {
  const path = snapshot === undefined ? undefined : resolve(cwd, snapshot);
  if (path !== undefined && !(await stat(path).catch(() => undefined)))
    mistake(`--snapshot ${snapshot ?? ''}`, 'there is no such file; name a dump made by pg_dump');
  const told = server === undefined ? undefined : serverUrl(server, env);
  if (told !== undefined && 'mistake' in told) mistake(`--server ${server ?? ''}`, told.mistake);
  if (path !== undefined && told !== undefined)
    mistake('--server', '--snapshot tells the tables as well; name one of the two');
  if (path !== undefined) return { kind: 'snapshot', path };
  return told === undefined ? { kind: 'migrations' } : { kind: 'server', url: 'url' in told ? told.url : '' };
}

function checkSince(since: string, { newest: count, snapshot }: InitFromOptions, mistake: OnMistake): void {
  if (count !== undefined) mistake(`--newest ${count}`, '--since says which are new; name one of the two');
  if (since === LEDGER && snapshot === undefined)
    mistake('--since ledger', 'is read out of a dump; name it by --snapshot dump.sql.gz');
}

interface Asking {
  readonly since?: string;
  readonly newest?: string;
  readonly schema: SchemaSource;
  readonly cwd: string;
}

/** What the ref, or the snapshot's own table, has; undefined where nobody asks. */
async function knownBy(
  { since, newest: count, schema, cwd }: Asking,
  found: MigrationFolder,
  mistake: OnMistake,
): Promise<Known | undefined> {
  if (since === undefined) return count === undefined ? knownTo(schema, found, cwd) : undefined;
  try {
    if (since !== LEDGER) return await knownToGit(found.folder, since);
    return schema.kind === 'snapshot'
      ? await readLedger({ kind: 'file', path: schema.path }, found, cwd)
      : undefined;
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    mistake(`--since ${since}`, [error.message, error.hint ?? []].flat().join('; '));
    return undefined;
  }
}

/** What a snapshot's own table of migrations has; undefined where there is none. */
async function knownTo(
  schema: SchemaSource,
  folder: MigrationFolder,
  cwd: string,
): Promise<Known | undefined> {
  if (schema.kind !== 'snapshot') return undefined;
  try {
    return await readLedger({ kind: 'file', path: schema.path }, folder, cwd);
  } catch (error) {
    if (error instanceof RehearsalError) return undefined; // the newest one is taken, and a bad file is told by its restore
    throw error;
  }
}

/** `20261101120000_add_phone` → `add-phone` */
export function nameAfter(migration: string): string {
  const words = migration
    .toLowerCase()
    .replace(/^(?:[vur](?=\d|__))?[\d._-]*(?:do\.)?/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return (words === '' ? 'newest-migration' : words).slice(0, LONGEST_NAME).replace(/-+$/, '');
}
