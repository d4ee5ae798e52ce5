import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PgClient } from '../../pg/client.ts';
import { splitSql } from '../../pg/sql/split.ts';
import type { Phase } from '../../plan/model.ts';
import type { Migration } from '../../plan/migrations/list-migrations.ts';
import { phaseOf } from '../../plan/migrations/phase-of.ts';
import { RehearsalError } from '../../shared/errors.ts';
import type { Asked } from './ask.ts';
import { generatorText } from './dump-text.ts';
import { guessScripts } from './guess-scripts.ts';
import { readCatalog, type Table } from './invent/catalog.ts';
import { chooseTables, nearChange } from './invent/choose-tables.ts';
import { fillTables, type InventedRows } from './invent/rows.ts';
import { settleValues } from './invent/settle-values.ts';
import { playMigration, textOf } from './play-migration.ts';
import { withScratch, type Scratch } from './scratch-server.ts';
import { readServerSchema } from './server-schema.ts';
import { drawValues, settleScripts, type SettledScript } from './settle-scripts.ts';

/** What a database that was filled and migrated for the purpose told. */
export interface Looked {
  /** SQL of the tables before the change; undefined where a snapshot with rows of its own holds them. */
  readonly schema: string | undefined;
  /** Undefined where the snapshot has rows, or nothing has. */
  readonly rows: InventedRows | undefined;
  readonly old: readonly SettledScript[];
  /** Of the app after the change; empty where it asks as before. */
  readonly new: readonly SettledScript[];
  /** The phase of each migration. */
  readonly phases: readonly Phase[];
  /** The new version is rolled out before this one of them; behind all of them where it is their number. */
  readonly deployBefore: number;
  /** What people have to know besides. */
  readonly notes: readonly string[];
}

/**
 * Fills a temporary database, reads it, runs the newest migrations in it and reads it again.
 * @throws RESTORE_FAILED where the earlier migrations cannot be run, CONNECTION_FAILED, and as `restoreSnapshot`
 */
export async function look(asked: Asked, cwd: string, signal: AbortSignal): Promise<Looked> {
  const given = await givenSchema(asked, signal);
  return withScratch(
    asked.dir,
    async (scratch) => {
      await fill(scratch, asked, given, cwd);
      const { client } = scratch;
      const before = await readCatalog(client);
      const isEmpty = before.length > 0 && before.every(({ hasRows }) => !hasRows);
      const named = await namesIn(asked.steps);
      const settled = await settleValues(client, before);
      const { changed, near } = nearChange(before, named);
      // What earlier migrations fill in is a beginning; what a snapshot has is production's.
      const isInvented = before.length > 0 && (isEmpty || asked.schema.kind === 'migrations');
      const rows =
        isInvented && given.schema !== undefined
          ? await fillTables(client, before, { near: [...new Set([...changed, ...near])], values: settled })
          : undefined;
      const old = guessScripts(chooseTables(before, named), before, settled);
      // Of all tables: the new version may ask others.
      const values = await drawValues(client, guessScripts(before, before, settled));
      const settledOld = await settleScripts(client, old, values);
      const after = await migrate(client, asked.steps, cwd);
      const chosen = chooseTables(after.tables, named);
      const next = guessScripts(chosen, before, await settleValues(client, chosen));
      const settledNew = await settleScripts(client, next, values);
      const isSame = JSON.stringify(settledNew) === JSON.stringify(settledOld);
      return {
        schema: rows === undefined && !isEmpty && asked.schema.kind === 'snapshot' ? undefined : given.schema,
        rows,
        old: settledOld,
        new: isSame ? [] : settledNew,
        phases: after.phases,
        deployBefore: after.deployBefore,
        notes: [...notesOfRows(rows, before), ...after.notes],
      };
    },
    signal,
  );
}

/** `schema`: as SQL, undefined of an archive; a dump is restored from its own path. */
async function givenSchema(
  { schema, earlier, dir }: Asked,
  signal: AbortSignal,
): Promise<{ readonly schema: string | undefined }> {
  if (schema.kind === 'server') return { schema: await readServerSchema(schema.url, signal) };
  if (schema.kind === 'migrations') return { schema: await textOf(earlier, dir) };
  const isText = schema.path.endsWith('.sql');
  return { schema: isText ? generatorText(await readFile(schema.path, 'utf8')) : undefined };
}

async function fill(
  { client, restore }: Scratch,
  { schema, earlier }: Asked,
  given: { readonly schema: string | undefined },
  cwd: string,
): Promise<void> {
  if (schema.kind === 'snapshot') return restore({ kind: 'file', path: schema.path });
  if (schema.kind === 'server') return restoreText(given.schema ?? '', restore);
  for (const migration of earlier) {
    const mistake = await playMigration(client, migration, cwd);
    if (mistake !== undefined)
      throw new RehearsalError('RESTORE_FAILED', `an earlier migration does not run here: ${mistake}`, {
        hint: 'take the tables from a dump (--snapshot <file>) or from a server (--server <variable>); nothing was written',
      });
  }
}

async function restoreText(text: string, restore: Scratch['restore']): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearse-init-'));
  try {
    await writeFile(join(folder, 'schema.sql'), text);
    await restore({ kind: 'file', path: join(folder, 'schema.sql') });
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Migrated {
  readonly tables: readonly Table[];
  readonly phases: readonly Phase[];
  readonly deployBefore: number;
  readonly notes: readonly string[];
}

/** The app moves on before the first migration that takes something away from it; `tables` are as it then finds them. */
async function migrate(client: PgClient, steps: readonly Migration[], cwd: string): Promise<Migrated> {
  const phases: Phase[] = [];
  const notes: string[] = [];
  let moved: readonly Table[] | undefined;
  for (const step of steps) {
    const phase = await phaseOf(step.up);
    if (phase === 'contract') moved ??= await readCatalog(client);
    phases.push(phase);
    const mistake = notes.length > 0 ? undefined : await playMigration(client, step, cwd);
    if (mistake !== undefined) notes.push(`a migration fails on the rows that are here: ${mistake}`);
  }
  const last = await readCatalog(client);
  const first = phases.indexOf('contract');
  const deployBefore = first === -1 ? steps.length : first;
  return { tables: moved === undefined ? last : inBoth(moved, last), phases, deployBefore, notes };
}

function inBoth(then: readonly Table[], last: readonly Table[]): Table[] {
  return then.flatMap((table) => {
    const still = last.find(({ oid }) => oid === table.oid);
    if (still === undefined) return [];
    const columns = table.columns.filter(({ number }) => still.columns.some((one) => one.number === number));
    const isThere = (names: readonly string[]): boolean =>
      names.every((name) => columns.some((column) => column.name === name));
    const foreignKeys = table.foreignKeys.filter((key) => isThere(key.columns));
    return [{ ...table, columns, foreignKeys, unique: table.unique.filter(isThere) }];
  });
}

async function namesIn(steps: readonly Migration[]): Promise<Set<string>> {
  const split = await Promise.all(steps.map(({ up }) => splitSql(up)));
  return new Set(
    split.flatMap((one) => (one.ok ? one.statements.flatMap(({ relations }) => relations) : [])),
  );
}

function notesOfRows(rows: InventedRows | undefined, tables: readonly Table[]): string[] {
  if (rows === undefined)
    return tables.every(({ hasRows }) => !hasRows) && tables.length > 0
      ? ['no table of the snapshot has rows, so that few requests can be guessed']
      : [];
  return rows.empty.map(({ table, why }) => `${table.sqlName} stays empty: ${why}`);
}
