import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Migration } from './list-migrations.ts';
import { versionOf } from './order.ts';

/** A row of a ledger by its columns, as PostgreSQL writes their values as text. */
export type LedgerRow = Readonly<Record<string, string | null>>;

/** Where a tool writes down in the database what it has run. */
export interface Ledger {
  readonly table: string;
  /** Others make a table of that name in other schemas; undefined = whichever it is in. */
  readonly schema?: string;
  /** The column that tells the migrations apart. */
  readonly key: string;
  /** What stands in there for a migration. */
  readonly of: (migration: Migration) => string;
  /** The newest alone is there. */
  readonly upTo?: true;
  /** Rows that do not count, such as those of a migration that failed. */
  readonly counts?: (row: LedgerRow) => boolean;
  /** Why the tool would not go on, to end a sentence that begins with the key. */
  readonly trouble?: (row: LedgerRow) => string | undefined;
  /** Of the migration as it ran. */
  readonly checksum?: { readonly column: string; readonly of: (text: string) => string };
}

const version = ({ file }: Migration): string => digits(versionOf(file));
const name = (migration: Migration): string => migration.name;
const isTrue = (value: string | null | undefined): boolean => /^(?:t|true|1)$/i.test(value ?? '');
const succeeded = (row: LedgerRow): boolean => isTrue(row['success']);
const isApplied = (row: LedgerRow): boolean => isTrue(row['is_applied']);

/** By the tool's name as migration-tools.ts has it. Sources: each tool's own statement that makes the table. */
export const LEDGERS: Readonly<Record<string, Ledger>> = {
  Prisma: {
    table: '_prisma_migrations',
    key: 'migration_name',
    of: name,
    counts: (row) => row['finished_at'] != null && row['rolled_back_at'] == null,
    trouble: (row) =>
      row['finished_at'] == null && row['rolled_back_at'] == null
        ? 'began there and has not ended: Prisma goes on only after prisma migrate resolve'
        : undefined,
    checksum: { column: 'checksum', of: (text) => createHash('sha256').update(text).digest('hex') },
  },
  'golang-migrate': {
    table: 'schema_migrations',
    key: 'version',
    of: version,
    upTo: true,
    trouble: (row) => (isTrue(row['dirty']) ? 'is dirty there: it failed half-way' : undefined),
  },
  sqlx: {
    table: '_sqlx_migrations',
    key: 'version',
    of: version,
    counts: succeeded,
    checksum: {
      column: 'checksum',
      of: (text) => `\\x${createHash('sha384').update(text).digest('hex')}`,
    },
  },
  goose: { table: 'goose_db_version', key: 'version_id', of: version, counts: isApplied },
  micrate: { table: 'micrate_db_version', key: 'version_id', of: version, counts: isApplied },
  dbmate: { table: 'schema_migrations', key: 'version', of: version },
  'sql-migrate': { table: 'gorp_migrations', key: 'id', of: (migration) => `${migration.name}.sql` },
  'node-pg-migrate': { table: 'pgmigrations', key: 'name', of: name },
  diesel: { table: '__diesel_schema_migrations', key: 'version', of: version },
  Flyway: {
    table: 'flyway_schema_history',
    key: 'script',
    counts: succeeded,
    of: (migration) => `${migration.name}.sql`,
    checksum: { column: 'checksum', of: flywayChecksum },
  },
  refinery: { table: 'refinery_schema_history', key: 'version', of: version },
  Supabase: { schema: 'supabase_migrations', table: 'schema_migrations', key: 'version', of: version },
  Postgrator: { table: 'schemaversion', key: 'version', of: version },
  yoyo: { table: '_yoyo_migration', key: 'migration_id', of: name },
  Atlas: { table: 'atlas_schema_revisions', key: 'version', of: version },
  Drizzle: {
    table: '__drizzle_migrations',
    key: 'hash',
    of: ({ up }) => createHash('sha256').update(up).digest('hex'),
  },
};

/** Versions as numbers are compared: without zeros in front and dashes inside. */
export function digits(text: string): string {
  const plain = text.replaceAll('-', '');
  return /^\d+$/.test(plain) ? BigInt(plain).toString() : text;
}

/** CRC-32 of its lines without their ends, as a number with a sign (Flyway's ChecksumCalculator). */
function flywayChecksum(text: string): string {
  return String(crc32(text.replace(/^\uFEFF/, '').replace(/[\r\n]/g, '')) | 0);
}
