import { isSetByTarget } from '../owned-settings.ts';
import { z } from 'zod';
import {
  amount,
  throughput,
  command as commandText,
  count,
  duration,
  flag,
  key,
  measure,
  path,
  rate,
  role,
  seconds,
  words,
} from './fields.ts';
import { commandsSchema, networkSchema } from './schema-commands.ts';
import { actorsSchema, scenariosSchema } from './schema-actors.ts';
import { hostsSchema } from './schema-hosts.ts';
import { PACKAGE_NAME } from './packages.ts';
import { limitsSchema } from './schema-limits.ts';
import { planSchema } from './schema-migrations.ts';
import { plansSchema, quietTablesSchema } from './schema-steps.ts';
import { targetsSchema } from './targets/targets.ts';

/** rehearsal.yaml, version 1. Every key carries its meaning: the JSON Schema and docs/config.md are made from them. */

const takenAt = words('a date and time', '2026-11-20T02:00:00Z')
  .refine((text) => z.iso.datetime({ offset: true }).safeParse(text).success, {
    error: '{value} is not an ISO 8601 date and time with its zone; write 2026-11-20T02:00:00Z',
  })
  .exactOptional()
  .describe('When the data was taken from production, ISO 8601 with zone. The report says how old it is.');

export const snapshotSchemas = {
  source: z.strictObject({
    source: path('a path or a URL', './snapshot.sql.gz').describe(
      'A dump made by `pg_dump`: plain SQL, as it is or compressed by gzip, zstd or lz4, or a custom, directory or tar archive. A path, or [where it lies](snapshots.md): `https://…`, `s3://…`, `ssh://…`; or a live server to dump it from: `postgres://…`.',
    ),
    sha256: words(
      'a sha256 of 64 hexadecimal digits',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      /^[0-9a-f]{64}$/,
    )
      .exactOptional()
      .describe('What the bytes of the source have to be: another sum stops the run before the plan begins.'),
    database: words('the name of a database', 'shop')
      .exactOptional()
      .describe(
        'The database to rehearse, of a text of `pg_dumpall` that holds several. Without it: the only one beside `postgres` and `template1`.',
      ),
    mask: path('a path', 'mask.yaml')
      .exactOptional()
      .describe(
        'A file of [masking rules](masking.md). Values are masked on their way into the server, and a column that looks personal and has no rule stops the run.',
      ),
    limits: limitsSchema
      .exactOptional()
      .describe('When the reading of a live server (`postgres://…`) is given up.'),
    statistics: path('a path', 'statistics.json')
      .exactOptional()
      .describe(
        'Production’s statistics, as `statistics.json` or as `pg_dump --statistics-only` of PostgreSQL 18 writes them. The report says how [what was restored differs](drift.md).',
      ),
    takenAt,
  }),
  physical: z.strictObject({
    physical: path('a path or a URL', './pgdata.tar.zst').describe(
      'A [physical copy](snapshots.md#physical-copies): a tar file (as it is, or in gzip, zstd or lz4) or a folder that is a data folder of PostgreSQL, one or the other of `https://…`, `s3://…` or `ssh://…` for a tar file, the folder that `pg_basebackup --format=tar` writes, or a live server to copy by `pg_basebackup`: `postgres://…`. On the target `embedded`.',
    ),
    database: words('the name of a database', 'shop')
      .exactOptional()
      .describe(
        'The database to rehearse. Without it: the one that the URL names, or the only one beside `postgres`.',
      ),
    maxRate: throughput('32MB/s')
      .exactOptional()
      .describe('Most that `pg_basebackup` reads of a live server. Without it: 32MB/s.'),
    confined: flag(false)
      .exactOptional()
      .describe(
        '`false`: its server may start where it could reach others, because this machine cannot keep it from that. Without it such a machine refuses.',
      ),
    mask: path('a path', 'mask.yaml')
      .refine(() => false, {
        error:
          'is for a dump: the values of a physical copy are in its files; take one by pg_dump, and name it by source:',
      })
      .exactOptional()
      .describe('Refused: masking is for dumps.'),
    takenAt,
  }),
  generator: z.strictObject({
    generator: path('a path', 'snapshot/generate.sql').describe(
      'An SQL file that makes the tables and their rows in an empty database.',
    ),
    takenAt,
  }),
  synthesize: z.strictObject({
    synthesize: path('a folder', 'snapshots/2026-11-20').describe(
      'A [snapshot folder](snapshots.md#synthetic-data) whose schema and statistics rows are made from; none of its own rows are read.',
    ),
    scale: amount('a share of production’s rows above 0', 0.1, { min: 0.000_001, max: 100 })
      .prefault(1)
      .describe('How many rows are made, as a share of production’s.'),
    seed: count('a whole number', 1, { min: 0, max: 2_147_483_647 })
      .prefault(1)
      .describe('The same seed makes the same rows.'),
    takenAt,
  }),
  command: z.strictObject({
    command: commandText('./fill-database.sh').describe(
      'A shell command that fills the empty database. It finds it by `DATABASE_URL` and `PG*`.',
    ),
    network: networkSchema
      .exactOptional()
      .describe('What the command may reach over the network. Without it: as `commands.network` says.'),
    takenAt,
  }),
};

const postgresSchema = z.strictObject({
  version: count('a major version', 16, { min: 10, max: 99 })
    .exactOptional()
    .describe('Major version. Without it the target takes what it has; production’s own version is best.'),
  binDir: path('a path', '/usr/lib/postgresql/16/bin')
    .exactOptional()
    .describe('Folder with `initdb` and `postgres`, instead of what the target finds by itself.'),
  packages: z
    .array(words('a package of PGDG for one PostgreSQL', 'postgresql-17-postgis-3', PACKAGE_NAME))
    .min(1, { error: 'names no package; write [postgresql-17-postgis-3]' })
    .exactOptional()
    .meta({ title: 'list of packages', examples: ['[postgresql-17-postgis-3]'] })
    .describe(
      'Packages of [apt.postgresql.org](clouds.md#postgresql-from-pgdg), such as extensions, and their PostgreSQL: rented hosts install them; elsewhere they have to be there.',
    ),
  port: count('a port', 5499, { min: 1, max: 65_535 })
    .exactOptional()
    .describe('A fixed port. Without it a free one is taken.'),
  settings: z
    .record(
      key('a setting name', /^[A-Za-z_][A-Za-z0-9_.]*$/).refine((name) => !isSetByTarget(name), {
        error: ({ input }) => (input === 'port' ? 'write it as postgres.port' : 'is set by the target'),
      }),
      z.union([z.string(), z.number(), z.boolean()], {
        error: '{value} is not the value of a setting; write a text, a number, true or false',
      }),
    )
    .prefault({})
    .meta({ title: 'map', examples: ['{ shared_buffers: 1GB }'] })
    .describe('Settings of the server while it is rehearsed, as in postgresql.conf; checked with SHOW.'),
  standby: flag(true).prefault(false).describe('Also run a streaming standby and measure its lag.'),
});

const versionSchema = z.strictObject({
  workload: path('a folder', 'workload/old').describe('Its folder of pgbench scripts.'),
  role: role('app_rw').exactOptional().describe('The role that it connects as, instead of `load.role`.'),
});

export const loadSchema = z.strictObject({
  rate: rate('400/s').describe(
    'Requests that arrive, over all clients. The load is open: arrivals do not wait for answers. May be left out where the snapshot is a [folder](snapshots.md#a-snapshot-folder) that knows how many transactions a second production had: as many then.',
  ),
  connections: count('a number of connections', 20, { min: 1, max: 10_000 })
    .prefault(20)
    .describe('Connections of the app’s pool.'),
  warmup: duration('10s').prefault('10s').describe('Traffic before the first step; it is the baseline.'),
  cooldown: duration('3s').prefault('3s').describe('Traffic after the last step.'),
  delayedOver: duration('50ms')
    .exactOptional()
    .describe(
      'A request counts as delayed above this. Without it: above three times the p99 of its script in the baseline, and never below 10 ms; that moves from night to night, this does not.',
    ),
  seed: count('a whole number', 1, { min: 0 })
    .prefault(1)
    .describe('Seed of the arrivals and of the random values: the same seed sends the same requests.'),
  pipeline: flag(true)
    .prefault(false)
    .describe(
      'For an app whose driver does so: statements of a request are sent without waiting for the answers before them. Locks are then held for fewer round trips.',
    ),
  role: role('app_rw')
    .exactOptional()
    .describe(
      'The role of the snapshot that the app connects as, with its memberships, attributes and `ALTER ROLE … SET`. Without it: the superuser, so that GRANTs and row security are not exercised.',
    ),
  versions: z
    .record(
      key('a version name, which starts with a letter', /^[A-Za-z][A-Za-z0-9_.-]*$/),
      z.union([path('a folder', 'workload/old'), versionSchema], {
        error: '{value} is not a folder, such as workload/old, nor { workload: workload/old, role: app_rw }',
      }),
      {
        error: 'missing; write { old: workload/old, new: workload/new }',
      },
    )
    .refine((versions) => Object.keys(versions).length > 0, {
      error: 'names no app version; write { old: workload/old, new: workload/new }',
    })
    .meta({ title: 'map', examples: ['{ old: workload/old, new: workload/new }'] })
    .describe(
      'The app versions in order of rollout, any number: each a name and its folder of pgbench scripts (`*.sql`), or `{ workload: folder, role: name }` where it connects as another role than `load.role`. Traffic starts on the first.',
    ),
  actors: actorsSchema.exactOptional(),
});

const budgetsSchema = z.strictObject({
  lockWait: measure('500ms').exactOptional().describe('Longest that a statement may wait for its locks.'),
  lockHold: measure('1s')
    .exactOptional()
    .describe('Longest that a statement may hold a lock that stops reads or writes of others.'),
  p99: measure('100ms')
    .exactOptional()
    .describe('Highest 99th percentile of the app’s latency within any one step.'),
  errors: count('a number of errors', 0, { min: 0 })
    .exactOptional()
    .describe('Most app requests that may fail during the steps.'),
  blockedSeconds: seconds('30s')
    .exactOptional()
    .describe(
      'Most time that the app’s sessions may stand blocked behind the migration, summed over the sessions.',
    ),
  stepDuration: measure('10m').exactOptional().describe('Longest that a step may take.'),
  downtime: measure('30s')
    .exactOptional()
    .describe(
      'Longest that the app may be off for [maintenance](maintenance.md), over all windows of the plan.',
    ),
  backfillRate: rate('5000/s').exactOptional().describe('How many rows a backfill must do at least.'),
  replicationLag: measure('5s')
    .exactOptional()
    .describe('Furthest that the standby may fall behind. Needs `postgres.standby`.'),
  regression: amount('a percentage', 20, { min: 1, max: 1000 })
    .exactOptional()
    .describe(
      'By how many percent a figure may be worse than the median of earlier runs on like machines. Judged by `rehearse nightly` and `rehearse diff`, which know of earlier runs, and not by a run by itself.',
    ),
});

export const rehearsalSchema = z
  .strictObject({
    version: z
      .literal(1, {
        error: ({ input }) =>
          input === undefined ? 'missing; write 1' : '{value} is not a version that is known here; write 1',
      })
      .describe('Version of this format.'),
    name: words(
      'a name of small letters, digits and dashes',
      'split-customer-name',
      /^[a-z0-9][a-z0-9-]{0,62}$/,
    ).describe('Name of the rehearsal: small letters, digits and dashes.'),
    snapshot: z
      .union([
        snapshotSchemas.source,
        snapshotSchemas.physical,
        snapshotSchemas.generator,
        snapshotSchemas.synthesize,
        snapshotSchemas.command,
      ])
      .describe(
        'Where the data comes from: exactly one of `source`, `physical`, `generator`, `synthesize` and `command`.',
      ),
    postgres: postgresSchema.prefault({}).describe('The PostgreSQL that is rehearsed on.'),
    hosts: hostsSchema.prefault({}).describe('The hosts by role, on targets that rent or limit hosts.'),
    targets: targetsSchema
      .prefault({})
      .describe('What a [target](hosts.md) has to know besides its name, by that name. No secrets.'),
    load: loadSchema.describe('The app’s traffic while the plan runs.'),
    budgets: budgetsSchema
      .prefault({ lockWait: '500ms', errors: 0 })
      .describe('What the release may not exceed. A budget that is not named is not judged.'),
    commands: commandsSchema
      .prefault({})
      .describe('For all commands, of the plan and of the snapshot, that say nothing else.'),
    plan: planSchema
      .exactOptional()
      .describe(
        'The steps in their order; the key that says what a step does decides its kind. Or a folder of migrations, of which [the new ones](since.md) are the plan.',
      ),
    plans: plansSchema
      .exactOptional()
      .describe(
        'Instead of `plan`: [several ways](plans.md) to do the same change, each a name and its steps. All are played, each on its own copy of the same database with the same traffic, or one with `--plan`.',
      ),
    quietTables: quietTablesSchema
      .exactOptional()
      .describe('Tables that truly nobody uses while the plan runs: no script has to ask for them.'),
    planRole: role('app_owner')
      .exactOptional()
      .describe(
        'The role of the snapshot that the plan’s own steps and commands connect as, as a migration tool does in production. Without it: the superuser.',
      ),
    scenarios: scenariosSchema.exactOptional(),
    nightly: flag(true).exactOptional().describe('`rehearse nightly` plays it without being told its name.'),
  })
  .describe('A rehearsal of dress-rehearsal: rehearsal.yaml, version 1.');

export type RehearsalConfig = z.infer<typeof rehearsalSchema>;
