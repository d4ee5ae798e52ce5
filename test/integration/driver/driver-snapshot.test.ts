import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import { childEnvironment } from '../../../scripts/commands/child-environment.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { tinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { DriverBench, type DriverRun } from './driver-bench.ts';

const ASKED = [
  { name: 'statement_timeout', value: '1min' },
  { name: 'autovacuum', value: 'on' },
  { name: 'checkpoint_timeout', value: '7min' },
];
const CUSTOMERS = `create table customers as select i as id, 'name ' || i as name from generate_series(1, 5000) i;
alter table customers add primary key (id);
`;

let bench: DriverBench;
let outside: string;
beforeAll(async () => {
  bench = await DriverBench.open(ASKED);
  outside = await mkdtemp(join(tmpdir(), 'driver-snapshots-'));
});
afterAll(async () => {
  await bench.close();
  await rm(outside, { recursive: true });
});

const head = (snapshot: string, settings = ''): string => `version: 1
name: tiny
snapshot: ${snapshot}
postgres: { settings: { ${settings} } }
load: { rate: 50/s, connections: 4, warmup: 300ms, cooldown: 0s, versions: { old: workload/old } }
`;

async function rehearse(
  snapshot: string,
  settings?: string,
  files: Record<string, string> = {},
): Promise<DriverRun> {
  const tiny = await tinyRehearsal('  - { phase: expand, soak: 100ms }', files, head(snapshot, settings));
  try {
    const run = await bench.job(tiny.dir);
    await run.run();
    return run;
  } finally {
    await tiny.remove();
  }
}

/** What stands in postgresql.auto.conf. */
async function ownSettings(): Promise<unknown[]> {
  const { rows } = await withConnection(bench.server, 'setup', (client) =>
    client.query("select name, setting from pg_file_settings where sourcefile like '%auto.conf'"),
  );
  return rows as unknown[];
}

async function restored(run: DriverRun): Promise<{ kind: string; tables: { name: string; rows: number }[] }> {
  expect(await run.done()).toMatchObject({ ok: true, error: null, stepFailure: null });
  return JSON.parse(await readFile(join(run.folder, 'run/artifacts/snapshot.json'), 'utf8')) as never;
}

describe('the snapshot of a job', () => {
  it('is taken along from outside of the rehearsal', async () => {
    await writeFile(join(outside, 'dump.sql'), CUSTOMERS);
    const run = await rehearse(`{ source: ${join(outside, 'dump.sql')} }`);
    expect(await restored(run)).toMatchObject({ kind: 'plain', tables: [{ rows: 5000 }] });
  });

  it('is named in messages as its author knows it', async () => {
    const path = join(outside, 'broken.sql');
    await writeFile(path, `${CUSTOMERS}select nonsense();\n`);
    const { error } = await (await rehearse(`{ source: ${path} }`)).done();
    expect(error?.code).toBe('RESTORE_FAILED');
    expect(error?.message).toContain(`${path} line 3`);
    expect(await ownSettings()).toEqual([]);
  });

  it('is made by a command with what lies beside it', async () => {
    const files = {
      'bin/fill.sh': `test -n "$PGPASSWORD" && psql -q -v ON_ERROR_STOP=1 -f all.sql\n`,
      'all.sql': CUSTOMERS,
    };
    const run = await rehearse('{ command: sh bin/fill.sh }', undefined, files);
    expect(await restored(run)).toMatchObject({ kind: 'command', tables: [{ rows: 5000 }] });
  });

  it('is restored with fast settings, and rehearsed with those that were asked for', async () => {
    const seen = `${CUSTOMERS}create table seen as select name, setting from pg_settings where name in
      ('fsync', 'full_page_writes', 'autovacuum', 'statement_timeout', 'checkpoint_timeout');`;
    const asked = ASKED.map(({ name, value }) => `${name}: "${value}"`).join(', ');
    const run = await rehearse('{ generator: generate.sql }', asked, { 'generate.sql': seen });
    await restored(run);
    const { primary } = JSON.parse(await readFile(join(run.folder, 'job.json'), 'utf8')) as {
      primary: typeof bench.server;
    };
    const { rows } = await withConnection(primary, 'setup', (client) =>
      client.query<{ name: string; setting: string }>('select name, setting from seen order by name'),
    );
    expect(rows.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
      'autovacuum=off',
      'checkpoint_timeout=3600',
      'fsync=off',
      'full_page_writes=off',
      'statement_timeout=0',
    ]);
    const shown = new Map(
      (await run.done()).server?.settings.map((setting) => [setting.name, setting.shown]),
    );
    expect(Object.fromEntries(shown)).toMatchObject({
      autovacuum: 'on',
      checkpoint_timeout: '7min',
      fsync: 'on',
      full_page_writes: 'on',
      statement_timeout: '1min',
    });
  });

  it('leaves alone what somebody else wrote by ALTER SYSTEM', async () => {
    await withConnection(bench.server, 'setup', async (client) => {
      await client.query(`alter system set checkpoint_timeout = '11min'`);
      await client.query('select pg_reload_conf()');
    });
    await restored(await rehearse('{ generator: generate.sql }'));
    expect(await ownSettings()).toEqual([{ name: 'checkpoint_timeout', setting: '11min' }]);
    await withConnection(bench.server, 'setup', (client) => client.query('alter system reset all'));
  });
});

describe.skipIf(!needsSystemPostgres('to dump a folder'))('an archive in the directory format', () => {
  let source: TestDatabase;
  beforeAll(async () => {
    source = await startTestDatabase([], SYSTEM_POSTGRES.version);
    await withConnection(source.endpoint, 'setup', (client) => client.query(CUSTOMERS));
  });
  afterAll(() => source.stop());

  it('is taken along as the folder that it is', async () => {
    const folder = join(outside, 'archives', 'dump');
    await mkdir(join(outside, 'archives'));
    const env = childEnvironment(source.endpoint, 'setup', { inherited: process.env });
    await execa(join(SYSTEM_POSTGRES.binDir, 'pg_dump'), ['--format=directory', '--file', folder], { env });
    const run = await rehearse(`{ source: ${folder} }`);
    expect(await restored(run)).toMatchObject({ kind: 'archive', tables: [{ rows: 5000 }] });
  });
});
