import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HereEnvironment } from '../../../infra/contract/target.ts';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { fillDatabase, keepBase, type Filled } from '../../../scripts/engine/fill-database.ts';
import { baseContent } from '../../../scripts/snapshot/base/base-content.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgSetting } from '../../../scripts/plan/model.ts';
import { runCli } from '../../support/cli.ts';

const DUMP = `create role app_owner nologin;
create table public.orders (id int primary key, note text);
insert into public.orders select n, repeat('x', 100) from generate_series(1, 20000) n;
alter table public.orders owner to app_owner;
-- What such a file says is not believed.
do $$ begin
  execute format('copy (select ''nonsense'') to %L', current_setting('data_directory') || '/postgresql.conf');
end $$;`;

describe('a restored database that is kept', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bases-test-'));
    vi.stubEnv('REHEARSE_BASES', join(folder, 'bases'));
    await writeFile(join(folder, 'shop.sql'), DUMP);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a run does until its plan begins, with what its notes say. */
  async function begin<T>(
    use: (environment: HereEnvironment, filled: Filled) => Promise<T>,
    settings: PgSetting[] = [],
  ): Promise<{ notes: string[]; used: T }> {
    const signal = AbortSignal.timeout(100_000);
    const notes: string[] = [];
    const snapshot = { kind: 'file', path: join(folder, 'shop.sql') } as const;
    const own = embeddedTarget.environment({
      content: (stop) => baseContent(snapshot, stop),
      runId: newRunId('base'),
      postgres: { settings, standby: false },
      hosts: {},
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    try {
      const environment = await own.up(signal);
      const filling = {
        environment,
        signal,
        jobs: 2,
        leastMs: 0,
        rehearsal: {
          snapshot,
          dir: folder,
          environment: {},
        },
        onEvent: (event: { type: string; message?: string }) => {
          if (event.message !== undefined) notes.push(event.message);
        },
      };
      const filled = await fillDatabase(filling);
      await keepBase(filling, filled);
      await environment.switchTo('rehearse', signal);
      return { notes, used: await use(environment, filled) };
    } finally {
      await own.destroy();
    }
  }

  const look = async ({ primary }: HereEnvironment, { snapshot }: Filled) =>
    withConnection(primary, 'setup', async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(
        `select count(*)::int as rows, current_setting('fsync') as fsync,
           (select tableowner from pg_tables where tablename = 'orders') as owner
         from orders`,
      );
      return {
        ...rows[0],
        kind: snapshot.kind,
        tables: snapshot.tables.length,
        base: snapshot.base !== undefined,
      };
    });

  it('is what the next run of the same snapshot begins on, under a password of its own', async () => {
    const expected = {
      rows: 20_000,
      fsync: 'on',
      owner: 'app_owner',
      kind: 'plain',
      tables: 1,
    };
    const first = await begin(look);
    expect(first).toEqual({ notes: [], used: { ...expected, base: false } });
    const second = await begin(async (environment, filled) => {
      const seen = await look(environment, filled);
      await withConnection(environment.primary, 'setup', (client) => client.query('drop table orders'));
      return seen;
    });
    expect(second).toEqual({
      notes: [expect.stringMatching(/^base reused, [\d.,]+ \w+ saved$/)],
      used: { ...expected, base: true },
    });
    // What a run does to its copy is nobody else's.
    expect((await begin(look)).used).toEqual({ ...expected, base: true });
  });

  it('is not the one of other settings', async () => {
    const other = await begin(look, [{ name: 'default_toast_compression', value: 'pglz' }]);
    expect(other.used.base).toBe(false);
  });

  it('is not the one of a server with other extensions, and makes room for one', async () => {
    const bases = join(folder, 'bases');
    const names = (await readdir(bases)).map((name) => join(bases, name, 'base.json'));
    for (const path of names) {
      const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
      await writeFile(path, JSON.stringify({ ...manifest, surroundings: 'other extensions' }));
    }
    expect((await begin(look)).used.base).toBe(false);
    expect((await begin(look)).used.base).toBe(true);
  });

  it('is listed, and dropped by name or all', async () => {
    const options = { env: { REHEARSE_BASES: join(folder, 'bases') }, cwd: folder };
    const base = (...args: string[]) => runCli(['base', ...args], options);
    const { stdout } = await base('list', '--json');
    const listed = JSON.parse(stdout) as { bases: { name: string; source: string }[] };
    expect(listed.bases.map(({ source }) => source)).toEqual(['shop.sql', 'shop.sql']);
    expect(await base('drop', 'abc')).toMatchObject({ code: 2 });
    expect(await base('drop', listed.bases[0]!.name)).toMatchObject({ code: 0 });
    expect(await base('drop', '--all')).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'bases'))).toEqual([]);
  });
});
