import { RehearsalError } from '../../shared/errors.ts';
import type { Known } from './known.ts';
import { digits, LEDGERS, type Ledger, type LedgerRow } from './ledgers.ts';
import type { Migration } from './list-migrations.ts';

/** @throws USAGE where the tool has no table that is known */
export function ledgerOf(tool: string | undefined): Ledger {
  const ledger = LEDGERS[tool ?? ''];
  if (ledger !== undefined) return ledger;
  throw new RehearsalError(
    'USAGE',
    `since: ledger needs a tool's own table, and the migrations are of ${tool ?? 'no known tool'}`,
    {
      hint: 'name a git ref instead, such as since: origin/main',
    },
  );
}

/** What a database has run, by the rows of its tool's own table. */
export function knownToLedger(ledger: Ledger, rows: readonly LedgerRow[]): Known {
  const keyOf = (row: LedgerRow): string => digits(row[ledger.key] ?? '');
  const counted = rows.filter((row) => row[ledger.key] != null && (ledger.counts?.(row) ?? true));
  const keys = new Set(counted.map(keyOf));
  const newest = ledger.upTo ? [...keys].map(Number).sort((a, b) => b - a)[0] : undefined;
  const isAsThen = asThen(ledger, counted, keyOf);
  const has = (migration: Migration): boolean => {
    if (ledger.upTo) return Number(ledger.of(migration)) <= (newest ?? -1);
    return keys.has(ledger.of(migration)) && (migration.repeats !== true || isAsThen(migration));
  };
  return {
    has,
    notes: (migrations) => [
      ...strangers(ledger, keys, migrations),
      ...late(once(migrations), has),
      ...once(migrations)
        .filter((one) => !isAsThen(one))
        .map(({ name }) => `${name} is not as it was when the snapshot ran it`),
      ...rows.flatMap((row) => {
        const trouble = ledger.trouble?.(row);
        return trouble === undefined ? [] : [`${keyOf(row)} ${trouble}`];
      }),
    ],
  };
}

/** What ran there and is not in the folder. goose begins its table with a version 0. */
function strangers(ledger: Ledger, keys: ReadonlySet<string>, migrations: readonly Migration[]): string[] {
  const own = new Set(migrations.map(ledger.of));
  return [...keys]
    .filter((key) => !own.has(key) && key !== '0' && key !== '')
    .map((key) => `the snapshot has run ${key}, which is not in the folder`);
}

function late(migrations: readonly Migration[], has: (migration: Migration) => boolean): string[] {
  const last = migrations.findLastIndex(has);
  const newest = migrations[last]?.name ?? '';
  return migrations
    .slice(0, Math.max(0, last))
    .filter((one) => !has(one))
    .map(({ name }) => `${name} is older than ${newest}, which the snapshot has run without it`);
}

function once(migrations: readonly Migration[]): Migration[] {
  return migrations.filter(({ repeats }) => repeats !== true);
}

/** True where the tool keeps no checksum of it; of what ran several times the last one counts. */
function asThen(
  { checksum, of }: Ledger,
  rows: readonly LedgerRow[],
  keyOf: (row: LedgerRow) => string,
): (migration: Migration) => boolean {
  if (checksum === undefined) return () => true;
  const sums = new Map(rows.map((row) => [keyOf(row), row[checksum.column]]));
  return (one) => [undefined, null, checksum.of(one.up)].includes(sums.get(of(one)));
}
