import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRehearsal } from '../../../scripts/plan/read.ts';
import type { Rehearsal } from '../../../scripts/plan/model.ts';
import { runCli, type CliRun } from '../../support/cli.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { tinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { runSql } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

const SCHEMA = `
create role reader login password 'swordfish' in role pg_read_all_data;
create table public.customers (id int primary key, name text not null);
insert into public.customers select i, 'Lovelace ' || i from generate_series(1, 2500) i;
create table public.documents (id int primary key, of int references public.customers);
insert into public.documents select i, i from generate_series(1, 40) i;
analyze;`;

describe.skipIf(!needsSystemPostgres('to dump a live server'))('a snapshot folder without rows', () => {
  let live: TestDatabase;
  let restorer: Restorer;
  let cwd: string;

  beforeAll(async () => {
    [live, restorer] = await Promise.all([startTestDatabase([], SYSTEM_POSTGRES.version), Restorer.start()]);
    cwd = await mkdtemp(join(tmpdir(), 'snapshot-without-rows-'));
    await runSql(live.endpoint, SCHEMA);
  });
  afterAll(async () => {
    await restorer.stop();
    await live.stop();
    await rm(cwd, { recursive: true });
  });

  const snapshot = async (...argv: string[]): Promise<CliRun> => {
    const { host, port, database } = live.endpoint;
    const PROD = `postgres://reader:swordfish@${host}:${port}/${database}`;
    return runCli(['snapshot', ...argv], { cwd, env: { PATH: process.env['PATH'], PROD } });
  };
  const reading = async (source: string): Promise<Rehearsal> => {
    const head = `version: 1\nname: tiny\nsnapshot: ${source}\nload: { rate: 10/s, versions: { old: workload } }\n`;
    const files = { 'workload/a.sql': 'select 1;' };
    const tiny = await tinyRehearsal('  - { phase: expand, soak: 1s }', files, head);
    return readRehearsal(tiny.dir, { cwd, env: {} }).finally(() => tiny.remove());
  };

  it('holds schema, statistics and facts, and says itself that no row was taken', async () => {
    const { code, stdout, stderr } = await snapshot('take', 'PROD', '--no-rows', '--to', 'shape');
    expect([code, stdout], stderr).toEqual([
      0,
      expect.stringMatching(/^wrote shape: 2 tables without rows, [\d.]+ MB there, [\d.]+ kB here\n$/),
    ]);
    const files = (await readdir(join(cwd, 'shape'), { recursive: true })).sort();
    const whole = ['dump', 'dump/toc.dat', 'facts.json', 'manifest.json', 'statistics.json'];
    expect(files).toEqual(whole);
    const bytes = files.filter((name) => name !== 'dump').map((name) => readFile(join(cwd, 'shape', name)));
    expect(Buffer.concat(await Promise.all(bytes)).toString('latin1')).not.toMatch(/Lovelace|swordfish/);
    const verified = await snapshot('verify', 'shape');
    expect(verified.stdout).toMatch(/^shape: 3 files, .* as taken, without rows\n$/);
    expect((await snapshot('inspect', 'shape')).stdout).toMatch(/\nrows: not taken\nTABLE /);
    const told = await snapshot('inspect', 'shape', '--json');
    expect(JSON.parse(told.stdout)).toMatchObject({ rows: 'not taken', settings: {} });
    expect((await snapshot('take', 'PROD', '--to', 'rows')).code).toBe(0);
    const compared = await snapshot('diff', 'shape', 'rows');
    expect(compared.stdout).toMatch(/ in [\d.]+ m?s\nrows: not taken → taken\n/);
  });

  it('is refused as a source, and rows are made of it', async () => {
    const folder = join(cwd, 'shape');
    await expect(reading(`{ source: ${folder} }`)).rejects.toThrow(
      /snapshot\.source: .*shape was taken without rows; write synthesize: instead of source:/,
    );
    const { snapshot: source } = await reading(`{ synthesize: ${folder}, scale: 0.1 }`);
    const { tables, warnings } = await restorer.restore(source);
    expect(tables.map(({ name, rows }) => [name, rows])).toEqual([
      ['public.customers', 250],
      ['public.documents', 4],
    ]);
    expect(warnings.join('\n')).toContain('All 254 rows were made from schema and statistics');
  });
});
