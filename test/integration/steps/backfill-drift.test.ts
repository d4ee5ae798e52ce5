import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import type { BackfillStep, Step } from '../../../scripts/plan/model.ts';
import { DriftProbe } from '../../../scripts/probes/drift/drift-probe.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { ownDatabase } from '../../support/database/own-database.ts';
import { sqlStep } from '../../support/replay/replayed.ts';

const own = ownDatabase();

const OLD = { reprice: 'update goods set euro = euro + 1 where id = :id;', price: 'select euro from goods;' };
const DEPLOY = {
  name: 'out',
  phase: 'deploy',
  kind: 'deploy',
  to: 'new',
  strategy: 'rolling',
  overMs: 0,
} as unknown as Step;

interface Played {
  readonly set: string;
  readonly where?: string;
  /** What the app writes between the backfill and the deploy. */
  readonly meanwhile: string;
  readonly old?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

/** What is on record before the deploy. */
async function played({ set, where, meanwhile, old = OLD, steps = [] }: Played): Promise<unknown[]> {
  await own.setup.query(`drop table if exists goods;
    create table goods (id int primary key, euro numeric not null, cents bigint, at timestamptz);
    insert into goods select i, i / 8.0 from generate_series(1, 1000) i`);
  const dir = await mkdtemp(join(tmpdir(), 'drift-'));
  const folder = await RunFolder.create(join(dir, 'run'));
  const writer = folder.writer('schema');
  const scripts = Object.entries(old).map(([name, text]) => ({ name, path: `${name}.sql`, text }));
  const versions = [
    { name: 'old', dir, scripts },
    { name: 'new', dir, scripts: [] },
  ];
  const probe = new DriftProbe({ endpoint: own.database.endpoint, versions, writer, clock: new RunClock() });
  const { signal } = new AbortController();
  const backfill = {
    name: 'fill',
    phase: 'backfill',
    kind: 'backfill',
    table: 'goods',
    key: 'id',
    set,
    ...(where !== undefined && { where }),
  } as unknown as BackfillStep;
  await probe.before(backfill, signal);
  await own.setup.query(`update goods set ${set} where ${where ?? 'true'}`);
  await own.setup.query(meanwhile);
  for (const step of [...steps, DEPLOY]) await probe.before(step, signal);
  await writer.close();
  const lines = (await readFile(join(dir, 'run/artifacts/schema.ndjson'), 'utf8').catch(() => '')).trim();
  await rm(dir, { recursive: true });
  return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line) as unknown);
}

const FILL = { set: 'cents = euro * 100', where: 'cents is null' };
const STALE = 'update goods set euro = euro + 1 where id <= 7';

test('rows that the old app wrote behind the backfill are counted before the deploy, as the column stores them', async () => {
  const [record, ...others] = await played({ ...FILL, meanwhile: STALE });
  expect(others).toEqual([]);
  expect(record).toMatchObject({
    type: 'drift',
    step: 'out',
    backfill: 'fill',
    table: 'goods',
    columns: ['cents'],
    rows: 1000,
    other: 7,
    otherBefore: 0,
    writers: ['old/reprice'],
  });
});

test('a backfill of every row, of rows that were filled otherwise before, and of rows that it need not do', async () => {
  const [all] = await played({ set: FILL.set, meanwhile: STALE });
  expect(all).toMatchObject({ other: 7, otherBefore: 0 });
  const [kept] = await played({ ...FILL, where: 'cents is null and id > 100', meanwhile: STALE });
  expect(kept).toMatchObject({ other: 100, otherBefore: 100 });
});

test('a value that is another each time is other everywhere', async () => {
  const [record] = await played({ set: 'at = clock_timestamp()', meanwhile: 'select 1' });
  expect(record).toMatchObject({ other: 1000, otherBefore: 0 });
});

test.each<[string, Partial<Played>]>([
  [
    'an app that names the column',
    { old: { reprice: 'update goods set euro = 1, cents = 100 where id = :id;' } },
  ],
  ['a plan that writes the column itself', { steps: [sqlStep('own', 'update goods set cents = 0')] }],
  ['a command in between', { steps: [{ kind: 'command' } as Step] }],
  ['one expression for several columns', { set: '(cents, at) = (euro * 100, now())' }],
])('%s says nothing', async (_, other) => {
  expect(await played({ ...FILL, meanwhile: STALE, ...other })).toEqual([]);
});
