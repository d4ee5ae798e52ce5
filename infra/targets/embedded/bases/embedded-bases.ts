import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withConnection } from '../../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../../scripts/pg/endpoint.ts';
import type { PgSetting } from '../../../../scripts/plan/model.ts';
import { monotonicMs } from '../../../../scripts/shared/clock.ts';
import { asError } from '../../../../scripts/shared/errors.ts';
import type { ClonedBase, RestoredBase } from '../../../../scripts/snapshot/base/bases.ts';
import type { Manifest } from '../../../bases/manifest.ts';
import { basesPlace } from '../../../bases/place.ts';
import { BasePool } from '../../../bases/pool.ts';
import type { Binaries } from '../../../postgres/binaries.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import { putConfigBack } from '../server/config-files.ts';
import type { Server } from '../server/server.ts';
import { giveAll, makeConfigOf, setPassword } from './cloned-data.ts';

interface Wanted {
  /** All that a restored database depends on besides its server. */
  readonly content: string;
  readonly binaries: Binaries;
  readonly asked: readonly PgSetting[];
}

/** The base of one environment: what its server may begin on, and where what it restores is kept. */
export class EmbeddedBases {
  readonly content: string;
  readonly #pool: BasePool;
  readonly #key: string;
  readonly #version: string;
  #clone: { readonly manifest: Manifest; readonly tookMs: number } | undefined;

  private constructor(pool: BasePool, { content, binaries: { version } }: Wanted, key: string) {
    this.content = content;
    this.#pool = pool;
    this.#key = key;
    this.#version = version;
  }

  /** Undefined where the user wants no bases. @throws USAGE */
  static async of(wanted: Wanted, env: NodeJS.ProcessEnv): Promise<EmbeddedBases | undefined> {
    const place = basesPlace(env);
    if (place === undefined) return undefined;
    const { content, binaries, asked } = wanted;
    const { binDir, version } = binaries;
    const { size, mtimeMs } = await stat(join(binDir, 'postgres'));
    const build = `${size} ${Math.floor(mtimeMs)}`;
    const settings = asked.map(({ name, value }) => `${name.toLowerCase()}=${value}`).sort();
    const key = JSON.stringify({ content, version, build, settings });
    return new EmbeddedBases(new BasePool(place), wanted, key);
  }

  /** The base that the data folder is a copy of. */
  get begun(): ClonedBase | undefined {
    if (this.#clone === undefined) return undefined;
    const { manifest, tookMs } = this.#clone;
    return { facts: manifest.facts, tookMs, madeInMs: manifest.madeInMs };
  }

  /** Makes the data folder, under that password, and the configuration. @returns false where there is no base: nothing is made then */
  async begin(programs: Programs, password: string, signal: AbortSignal): Promise<boolean> {
    const startedMs = monotonicMs();
    const { dir, cell } = programs;
    const manifest = await this.#pool.clone(this.#key, dir.data);
    if (manifest === undefined) return false;
    try {
      await giveAll(cell.user, dir.data);
      await makeConfigOf(programs);
      await setPassword(programs, password, signal);
    } catch {
      signal.throwIfAborted();
      await this.leave(programs); // it would fail the next run too
      return false;
    }
    this.#clone = { manifest, tookMs: monotonicMs() - startedMs };
    return true;
  }

  /** Is it of a server with the extensions and the locale of this one? */
  async fits(primary: PgEndpoint): Promise<boolean> {
    return this.#clone?.manifest.surroundings === (await surroundingsOf(primary));
  }

  /** Drops a base that no server starts on, or not one like this, and the copy of it. */
  async leave({ dir }: Programs): Promise<void> {
    this.#clone = undefined;
    await this.#pool.forget(this.#key);
    await rm(dir.data, { recursive: true, force: true });
  }

  /**
   * Keeps the server's data, and starts it as the rehearsal configures it.
   * @returns why it was not kept; undefined where it was
   */
  async keep(
    { source, facts, madeInMs }: RestoredBase,
    { server, programs, primary }: { server: Server; programs: Programs; primary: PgEndpoint },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const known = { key: this.#key, source, server: `PostgreSQL ${this.#version}`, facts, madeInMs };
    const surroundings = await surroundingsOf(primary);
    const firstSegment = await segmentAtHand(primary);
    let why: string | undefined;
    await server.restart('rehearse', signal, async () => {
      await putConfigBack(programs);
      const base = { ...known, surroundings, firstSegment, dataDir: programs.dir.data };
      // A pool that fails costs time, not a run.
      why = await this.#pool.keep(base).catch((error: unknown) => asError(error).message);
    });
    return why;
  }
}

/** What the files of a data folder depend on besides the build, and what only a server tells. */
async function surroundingsOf(primary: PgEndpoint): Promise<string> {
  const { rows } = await withConnection(primary, 'setup', (client) =>
    client.query<{ surroundings: string }>(
      `select (select datcollate || ' ' || datctype || ' ' || pg_encoding_to_char(encoding)
          || ' ' || current_setting('data_checksums') || ' ' || current_setting('wal_segment_size')
          from pg_database where datname = current_database()) || ' ' || version() || ' ' ||
        (select md5(string_agg(name || ' ' || version, ',' order by name, version)) from pg_available_extension_versions)
          as surroundings`,
    ),
  );
  return rows[0]?.surroundings ?? '';
}

/** After a clean shutdown nothing before it is needed. */
async function segmentAtHand(primary: PgEndpoint): Promise<string> {
  const { rows } = await withConnection(primary, 'setup', (client) =>
    client.query<{ name: string }>('select pg_walfile_name(pg_current_wal_insert_lsn()) as name'),
  );
  return rows[0]?.name ?? '';
}
