import { beforeAll, describe, expect, it } from 'vitest';
import { loadAdvice } from '../../advice.ts';
import { analyse } from '../../analysis/analyse.ts';
import { evidence, statementRecord, stepWindow } from '../../evidence/evidence-fixture.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { unknownSettings } from './index.ts';

beforeAll(loadAdvice);

type Given = Partial<{
  rewrote: string[];
  settings: NonNullable<Evidence['environment']>['settings'];
  tables: string[];
  lockSlots: { used: number; perTransaction: number; total: number };
  tookMs: number;
}>;

function limits(
  sql: string | string[],
  { rewrote = [], settings, tables, lockSlots, tookMs = 10 }: Given = {},
): string[] {
  const base = evidence();
  const statements = [sql].flat().map((text, at) =>
    statementRecord({
      index: at + 1,
      sql: text,
      rewrote,
      sentMs: 5000 + at * 10,
      respondedMs: 5000 + at * 10 + tookMs,
      ...(lockSlots && { lockSlots }),
    }),
  );
  return unknownSettings(
    analyse(
      evidence({
        steps: [...stepWindow('alter', 4900, 6000), ...statements],
        environment: {
          ...base.environment!,
          settings: settings ?? [{ name: 'TimeZone', asked: null, shown: 'Etc/UTC' }],
        },
        snapshot: {
          ...base.snapshot!,
          tables: (tables ?? ['public.visits']).map((name) => ({ name, rows: 1, bytes: 1 })),
        },
      }),
    ),
  );
}

const about = (...args: Parameters<typeof limits>): string[] =>
  limits(...args).map(
    (limit) =>
      /TimeZone|collation|lc_monetary|search_path|standard_conforming|lock slots/.exec(limit)?.[0] ?? limit,
  );

describe('what hangs on TimeZone', () => {
  it('is told of a conversion, with what it did here and does elsewhere', () => {
    const [limit, ...more] = limits('alter table visits alter column seen_at type timestamptz');
    expect(more).toEqual([]);
    expect(limit).toBe(
      "What this means hangs on TimeZone, Etc/UTC here, which no snapshot carries: seen_at becomes timestamptz in alter. Nothing was rewritten here; in a session with another zone than UTC the table is rewritten under ACCESS EXCLUSIVE, and its values mean other moments. Take TimeZone from production's settings, of server, database and role, into postgres.settings, or say AT TIME ZONE.",
    );
    const [rewritten] = limits('alter table v alter at type timestamp without time zone', {
      rewrote: ['public.v'],
    });
    expect(rewritten).toContain(
      'The table was rewritten here, and would not be in a session whose TimeZone is UTC',
    );
  });

  it.each([
    'alter table v add d date not null default current_date',
    'alter table v alter d set default localtimestamp',
    'create table x (at timestamp(3) default now())',
    "alter table v add at timestamptz default '2026-01-01 00:00'",
    'update v set at = seen_at::timestamptz',
    'alter table v alter a type timestamp with time zone, alter b type int',
  ])('is told of %s', (sql) => {
    expect(about(sql)).toEqual(['TimeZone']);
  });

  it.each([
    "alter table v alter seen_at type timestamptz using seen_at at time zone 'UTC'",
    'create table x (at timestamptz not null default now())',
    "alter table v add at timestamptz default '2026-01-01 00:00+00'",
    "alter table v alter d set default (now() at time zone 'utc')",
    'alter table v alter d type date',
    "update v set at = timestamptz '2026-01-01 00:00Z'",
    'update v set name = upper(name) where id = 1',
  ])('is silent of %s', (sql) => {
    expect(about(sql)).toEqual([]);
  });

  it('is known where postgres.settings or the step itself says it', () => {
    const alter = 'alter table visits alter column seen_at type timestamptz';
    expect(
      about(alter, { settings: [{ name: 'TimeZone', asked: 'Europe/Berlin', shown: 'Europe/Berlin' }] }),
    ).toEqual([]);
    expect(about(["set time zone 'Europe/Berlin'", alter])).toEqual([]);
    expect(about(['set local timezone to utc', alter])).toEqual([]);
    expect(about([alter, "set time zone 'Europe/Berlin'"])).toEqual(['TimeZone']);
  });
});

describe('what hangs on other settings', () => {
  it.each([
    ['create index on v (lower(name))', 'collation'],
    ['create index on v (name collate "de_DE")', 'collation'],
    ['alter table v alter name type text collate "C"', 'collation'],
    ['reindex table v', 'collation'],
    ['alter collation "de_DE" refresh version', 'collation'],
    ['alter table v add price money', 'lc_monetary'],
    ["update v set label = to_char(price, '999D99')", 'lc_monetary'],
    [String.raw`update v set path = replace(path, '\', '/')`, 'standard_conforming'],
  ])('is told of %s', (sql, setting) => {
    expect(about(sql)).toEqual([setting]);
  });

  it.each([
    'create index concurrently on v (id)',
    "update v set label = to_char(at, 'YYYY-MM-DD')",
    String.raw`update v set path = replace(path, E'\\', '/')`,
    'alter table v add column name text',
  ])('is silent of %s', (sql) => {
    expect(about(sql)).toEqual([]);
  });

  it('search_path only where tables are in several schemas and a name stands alone', () => {
    const tables = ['public.orders', 'archive.orders'];
    expect(about('alter table orders add note text')).toEqual([]);
    expect(about('alter table orders add note text', { tables })).toEqual(['search_path']);
    expect(about('alter table public.orders add note text', { tables })).toEqual([]);
    expect(about(['set search_path = archive', 'alter table orders add note text'], { tables })).toEqual([]);
  });

  it('statement_timeout only where a statement took long and nothing of the plan limits it', () => {
    const [limit, ...more] = limits('update v set a = 1', { tookMs: 3200 });
    expect(more).toEqual([]);
    expect(limit).toContain('none was in force for statement 1 (3.20 s) in alter');
    expect(limits('update v set a = 1', { tookMs: 900 })).toEqual([]);
    const own = limits(["set statement_timeout = '1min'", 'update v set a = 1'], { tookMs: 3200 });
    expect(own.join()).not.toContain('statement 2');
    const settings = [{ name: 'statement_timeout', asked: '60s', shown: '1min' }];
    expect(limits('update v set a = 1', { tookMs: 3200, settings })).toEqual([]);
  });

  it('the lock table only where a transaction takes more than its share of it', () => {
    const lockSlots = { used: 65, perTransaction: 64, total: 7000 };
    expect(about('select 1', { lockSlots })).toEqual(['lock slots']);
    expect(about('select 1', { lockSlots: { ...lockSlots, used: 64 } })).toEqual([]);
    const settings = [{ name: 'max_locks_per_transaction', asked: '64', shown: '64' }];
    expect(about('select 1', { lockSlots, settings })).toEqual([]);
  });
});
