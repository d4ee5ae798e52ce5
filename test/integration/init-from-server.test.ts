import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliRun } from '../support/cli.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../support/database/system-postgres.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { textsBelow } from '../support/tiny-rehearsal.ts';
import { runSql } from './snapshot/snapshot-fixture.ts';

const SCHEMA = `
create role reader login password 'swordfish' in role pg_read_all_data;
create table public.notes (id int primary key, body text);
create table public.customers (id int primary key, name text not null);
insert into public.customers select i, 'Lovelace ' || i from generate_series(1, 2500) i;
create table public.orders (id int primary key, customer_id int not null references public.customers, state text not null);
insert into public.orders select i, 1 + i % 2500, 'Lovelace' from generate_series(1, 5000) i;`;

describe.skipIf(!needsSystemPostgres('to read a live server'))('init --from a live server', () => {
  let live: TestDatabase;
  let cwd: string;

  beforeAll(async () => {
    live = await startTestDatabase([{ name: 'autovacuum', value: 'off' }], SYSTEM_POSTGRES.version);
    cwd = await mkdtemp(join(tmpdir(), 'rehearse-init-server-'));
    await runSql(live.endpoint, SCHEMA);
  });
  afterAll(async () => {
    await live.stop();
    await rm(cwd, { recursive: true });
  });

  const shown = (): string =>
    `postgres://${live.endpoint.host}:${live.endpoint.port}/${live.endpoint.database}`;
  const rehearse = async (...argv: string[]): Promise<CliRun> =>
    runCli(argv, { cwd, env: { ...process.env, PROD: shown().replace('//', '//reader:swordfish@') } });

  it('refuses a server whose rows nobody has counted, and what is for migrations, and writes nothing', async () => {
    const unknown = await rehearse('init', 'shop', '--from', 'PROD');
    expect([unknown.code, unknown.stderr]).toEqual([
      3,
      expect.stringMatching(
        /SNAPSHOT_INVALID: postgres:\/\/\S+ knows of no rows in any table\nhint: run ANALYZE there/,
      ),
    ]);
    const lost = await rehearse('init', 'Shop', '--from', 'PROD', '--newest', '2', '--since', 'main');
    expect(lost.code).toBe(2);
    expect(lost.stderr).toMatch(
      /3 mistakes\n {2}--newest: is for --from with the folder of migrations[^\n]*\n {2}--since: [^\n]*\n {2}Shop: is not a name/,
    );
    await writeFile(join(cwd, 'there'), '');
    const rows = await rehearse('init', 'shop', '--from', '.', '--data');
    expect([rows.code, rows.stderr]).toEqual([
      2,
      expect.stringContaining('--data means nothing without a server'),
    ]);
    expect(await readdir(cwd)).toEqual(['there']);
  }, 120_000);

  it('writes a rehearsal on made rows that reads well, whose guesses are marked and that has no password in it', async () => {
    await runSql(live.endpoint, 'analyze');
    const made = await rehearse('init', 'shop', '--from', 'PROD');
    expect([made.code, made.stdout], made.stderr).toEqual([0, 'wrote rehearsals/shop\n']);
    expect(made.stderr).toContain(`took 3 tables of ${shown()}, `);
    const shop = join(cwd, 'rehearsals/shop');
    for (const [file, text] of await textsBelow(shop))
      expect([file, text.match(/Lovelace|swordfish/)]).toEqual([file, null]);
    const yaml = await readFile(join(shop, 'rehearsal.yaml'), 'utf8');
    expect(yaml).toContain('\nsnapshot: { synthesize: snapshot } # guess: as many rows as in production\n');
    expect(yaml).toMatch(
      /\nplan:\n.*\n.*\n {2}- \{ phase: expand, name: nothing yet, soak: 10s \} # guess: /,
    );
    expect((await readdir(join(shop, 'workload/app'))).sort()).toEqual([
      'customers-by-key.sql',
      'customers-change.sql',
      'customers-new.sql',
      'notes-new.sql',
      'orders-by-key.sql',
      'orders-change.sql',
      'orders-new.sql',
      'orders-of-customers-by-customer_id.sql',
    ]);
    const { code, stdout, stderr } = await rehearse('check', 'shop');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^ok {2}rehearsals\/shop \(shop\): 1 step, 8 workload scripts/),
    ]);
    expect(stderr).toMatch(
      /rehearsal\.yaml:\d+ is a guess: nothing is released yet; write the steps of your release in place of this one\n/,
    );
    const again = await rehearse('init', 'shop', '--from', 'PROD');
    expect([again.code, again.stderr]).toEqual([
      2,
      expect.stringContaining('rehearsals/shop: is there already'),
    ]);
  }, 120_000);

  it('takes the rows where they are asked for, and lets git pass over them', async () => {
    const made = await rehearse('init', 'rows', '--from', 'PROD', '--data');
    expect([made.code, made.stdout], made.stderr).toEqual([0, 'wrote rehearsals/rows\n']);
    const folder = join(cwd, 'rehearsals/rows');
    expect(await readFile(join(folder, 'rehearsal.yaml'), 'utf8')).toMatch(
      /\nsnapshot: \{ source: snapshot \} # guess: /,
    );
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toMatch(/^\/snapshot\/$/m);
    expect((await rehearse('check', 'rows')).code).toBe(0);
  }, 120_000);
});
