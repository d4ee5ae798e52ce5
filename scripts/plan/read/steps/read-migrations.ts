import { knownToGit } from '../../migrations/git-since.ts';
import type { Known } from '../../migrations/known.ts';
import { listMigrations, type Migration, type MigrationFolder } from '../../migrations/list-migrations.ts';
import { phaseOf } from '../../migrations/phase-of.ts';
import type { SnapshotSource } from '../../model.ts';
import { defined } from '../../schema/defined.ts';
import type { MigrationsConfig } from '../../schema/schema-migrations.ts';
import type { StepConfig } from '../../schema/schema-steps.ts';
import { RehearsalError } from '../../../shared/errors.ts';
import { redact } from '../../../shared/text/redact.ts';
import type { Reading } from '../reading.ts';
import type { Parts, PlanParts } from '../salvage.ts';

/** The word for: what the snapshot's own table of migrations lacks. */
export const LEDGER = 'ledger';

/** Reads what a snapshot says of the migrations that it has run. @throws RehearsalError */
export type ReadLedger = (snapshot: SnapshotSource, folder: MigrationFolder) => Promise<Known>;

/** The new ones of a folder of migrations as the steps of a plan. */
interface PlannedMigrations {
  readonly plans: readonly PlanParts[];
  /** Why the plan is empty, as a sentence; undefined where it is not. */
  readonly nothingNew?: string;
  /** What people have to know of the folder, as sentences. */
  readonly notes: readonly string[];
}

/**
 * The plan by a folder of migrations, where the rehearsal has one. Notes mistakes.
 * @param since of the command line, which wins
 */
export async function readMigrations(
  { plans, migrations: config }: Parts,
  asked: { since?: string | undefined; snapshot: SnapshotSource | undefined; ledger: ReadLedger | undefined },
  reading: Reading,
): Promise<PlannedMigrations> {
  if (config === undefined) {
    if (asked.since !== undefined)
      reading.mistake(
        ['plan'],
        `lists its steps, and --since ${asked.since} asks for the new migrations of a folder; leave --since out to rehearse these steps, or write plan: { migrations: ../../prisma/migrations, since: ${asked.since} }`,
      );
    return { plans, notes: [] };
  }
  const since = asked.since ?? config.since;
  const at = ['plan', 'since'];
  if (since === undefined) {
    reading.mistake(at, 'missing; write since: origin/main, or rehearse run --since origin/main');
    return { plans, notes: [] };
  }
  try {
    const shown = redact(reading.fromDir(config.migrations));
    const folder = await listMigrations(reading.absolute(config.migrations), shown);
    const known = await knownBy(since, folder, asked);
    if (known === undefined) return { plans, notes: [] }; // a snapshot that cannot be read is told elsewhere
    const fresh = folder.migrations.filter((migration) => !known.has(migration));
    const steps = await Promise.all(fresh.map((migration) => stepOf(migration, config, reading)));
    const nothing = `nothing new: ${since === LEDGER ? 'the snapshot' : since} has all ${folder.migrations.length} migrations of ${shown}`;
    return {
      plans: [{ name: undefined, path: ['plan'], steps }],
      ...(steps.length === 0 && { nothingNew: nothing }),
      notes: [...folder.notes, ...known.notes(folder.migrations)],
    };
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    const { message, hint } = error;
    reading.mistake(['plan'], hint === undefined ? message : `${message}; ${hint}`);
    return { plans, notes: [] };
  }
}

async function knownBy(
  since: string,
  folder: MigrationFolder,
  { snapshot, ledger }: { snapshot: SnapshotSource | undefined; ledger: ReadLedger | undefined },
): Promise<Known | undefined> {
  if (since !== LEDGER) return knownToGit(folder.folder, since);
  return snapshot && ledger && ledger(snapshot, folder);
}

async function stepOf(
  { name, file, up, down }: Migration,
  { lockTimeout, statementTimeout, retries, retryPause }: MigrationsConfig,
  reading: Reading,
): Promise<StepConfig> {
  return {
    phase: await phaseOf(up),
    name,
    sql: [reading.fromDir(file)],
    retries,
    retryPause,
    pointOfNoReturn: false,
    ...defined({ lockTimeout, statementTimeout }),
    ...(down !== undefined && { rollback: reading.fromDir(down) }),
  };
}
