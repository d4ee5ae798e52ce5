import { chown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BasePool } from '../../../bases/pool.ts';
import { basesPlace } from '../../../bases/place.ts';
import type { Bases } from '../../../../scripts/snapshot/base/bases.ts';
import { withConnection } from '../../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../../scripts/pg/endpoint.ts';
import type { PgSetting } from '../../../../scripts/plan/model.ts';
import { monotonicMs } from '../../../../scripts/shared/clock.ts';
import { asError } from '../../../../scripts/shared/errors.ts';
import { SUPERUSER } from '../../../postgres/names.ts';
import { runProgram } from '../../../postgres/run-program.ts';
import type { ServerUser } from '../cell/server-user.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import type { Server } from '../server/server.ts';

const SINGLE_USER_MS = 60_000;

interface Setup {
  readonly server: Server;
  readonly programs: Programs;
  readonly primary: PgEndpoint;
  readonly asked: readonly PgSetting[];
}

/** Bases for the server of one environment; undefined where the user wants none. @throws USAGE */
export function embeddedBases(setup: Setup, env: NodeJS.ProcessEnv): Bases | undefined {
  const place = basesPlace(env);
  if (place === undefined) return undefined;
  const pool = new BasePool(place);
  return {
    async use(content, signal) {
      const startedMs = monotonicMs();
      const { dir, cell } = setup.programs;
      const key = await keyOf(content, setup);
      const clone = join(dir.path, 'clone');
      const manifest = await pool.clone(key, clone);
      if (manifest === undefined) return undefined;
      await giveAll(cell.user, clone);
      try {
        await setup.server.exchangeData(clone, signal, () => setPassword(setup, signal));
      } catch (error) {
        if (!signal.aborted) await pool.forget(key); // it would fail the next run too
        throw error;
      }
      return { facts: manifest.facts, tookMs: monotonicMs() - startedMs, madeInMs: manifest.madeInMs };
    },
    async keep({ content, source, facts, madeInMs }, signal) {
      const key = await keyOf(content, setup);
      const firstSegment = await segmentAtHand(setup.primary);
      let why: string | undefined;
      await setup.server.restart('rehearse', signal, async () => {
        const dataDir = setup.programs.dir.data;
        const server = JSON.parse(key) as { server: string };
        why = await pool
          .keep({ key, source, server: server.server, facts, madeInMs, dataDir, firstSegment })
          .catch((error: unknown) => asError(error).message); // a pool that fails costs time, not a run
      });
      return why;
    },
  };
}

/** All that the files of a data folder depend on besides what was restored. */
async function keyOf(content: string, { programs, primary, asked }: Setup): Promise<string> {
  const { size, mtimeMs } = await stat(join(programs.binDir, 'postgres'));
  const { rows } = await withConnection(primary, 'setup', (client) =>
    client.query<{ version: string; locale: string; extensions: string }>(
      `select version(), (select datcollate || ' ' || datctype || ' ' || pg_encoding_to_char(encoding)
          || ' ' || current_setting('data_checksums') || ' ' || current_setting('wal_segment_size')
          from pg_database where datname = current_database()) as locale,
        (select md5(string_agg(name || ' ' || version, ',' order by name, version)) from pg_available_extension_versions) as extensions`,
    ),
  );
  const { version = '', locale = '', extensions = '' } = rows[0] ?? {};
  const build = `${size} ${Math.floor(mtimeMs)}`;
  const settings = asked.map(({ name, value }) => `${name.toLowerCase()}=${value}`).sort();
  return JSON.stringify({ content, server: version, build, locale, extensions, settings });
}

/** After a clean shutdown nothing before it is needed. */
async function segmentAtHand(primary: PgEndpoint): Promise<string> {
  const { rows } = await withConnection(primary, 'setup', (client) =>
    client.query<{ name: string }>('select pg_walfile_name(pg_current_wal_insert_lsn()) as name'),
  );
  return rows[0]?.name ?? '';
}

/** The clone has the password of the run that made its base, which nobody knows any more. */
async function setPassword({ programs, primary }: Setup, signal: AbortSignal): Promise<void> {
  const { binDir, dir, cell } = programs;
  const password = primary.password.replaceAll("'", "''");
  const args = ['--single', '-D', dir.data, '-c', `config_file=${join(dir.config, 'postgresql.conf')}`];
  const quiet = ['-c', 'log_statement=none', '-c', 'log_min_duration_statement=-1', 'postgres'];
  const done = await runProgram(join(binDir, 'postgres'), [...args, ...quiet], {
    cell,
    cwd: dir.path,
    timeoutMs: SINGLE_USER_MS,
    signal,
    input: `alter role ${SUPERUSER} password '${password}'\n`,
  });
  if (!done.ok) throw new Error('the password of a cloned database cannot be set');
}

async function giveAll(user: ServerUser | undefined, dir: string): Promise<void> {
  if (!user) return;
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  await Promise.all(
    entries.map(({ parentPath, name }) => chown(join(parentPath, name), user.uid, user.gid)),
  );
  await chown(dir, user.uid, user.gid);
}
