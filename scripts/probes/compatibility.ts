import type { CompatibilityRecord } from '../artifacts/records/records.ts';
import type { ParsedScript } from '../load/scripts/parse-workload.ts';
import { DEFAULT_LIMITS, runScriptOnce } from '../load/run-once.ts';
import type { SamplePools } from '../load/traffic/samples.ts';
import { withConnection, type PgClient } from '../pg/client.ts';
import type { WarmConnection } from '../pg/warm-connection.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { publicPgError, type PublicPgError } from '../pg/pg-error.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import { KnownNames } from './touched/known-names.ts';
import type { ProbeLife } from './probe-life.ts';
import type { Touched } from './touched/touched.ts';

export interface VersionScripts {
  readonly name: string;
  readonly scripts: readonly ParsedScript[];
}

interface CompatibilitySetup {
  /** Of the tool itself, which lives under none of the rehearsed settings. */
  readonly connection: WarmConnection;
  /** How each app version connects, by its name. */
  readonly logins: ReadonlyMap<string, PgEndpoint>;
  /** In order of rollout. */
  readonly versions: readonly VersionScripts[];
  readonly pools: SamplePools;
  readonly seed: number;
  readonly writer: NdjsonWriter<CompatibilityRecord>;
  readonly life: ProbeLife;
  readonly touched: Touched;
}

/** Tries every script of every app version against the schema as it is now, and rolls it back. */
export class CompatibilityProbe {
  readonly #setup: CompatibilitySetup;
  readonly #names: KnownNames;
  #dead = false;

  constructor(setup: CompatibilitySetup) {
    this.#setup = setup;
    this.#names = new KnownNames(setup.touched);
    setup.life.note('compatibility', 'started');
  }

  /** @param after `start` or the name of the step that just ended */
  async look(after: string, signal: AbortSignal): Promise<CompatibilityRecord[]> {
    const { connection, versions, logins, writer, life } = this.#setup;
    const records: CompatibilityRecord[] = [];
    try {
      await connection.use((client) => this.#names.learn(client), signal);
      for (const login of new Set(logins.values())) {
        const own = versions.filter(({ name }) => logins.get(name) === login);
        records.push(...(await this.#tryAs(login, own, after, signal)));
      }
      for (const record of records) writer.write(record);
      return records;
    } catch (error) {
      signal.throwIfAborted();
      this.#dead = true;
      life.note('compatibility', 'died', asError(error).message);
      return [];
    }
  }

  /** @throws where the server is not there, or the session is lost */
  async #tryAs(
    login: PgEndpoint,
    versions: readonly VersionScripts[],
    after: string,
    signal: AbortSignal,
  ): Promise<CompatibilityRecord[]> {
    try {
      // A fresh connection, as a newly started app would have: nothing is cached in it.
      const tryAll = (client: PgClient): Promise<CompatibilityRecord[]> =>
        this.#tryAll(client, versions, after, signal);
      return await withConnection(login, 'compatibility', tryAll, signal);
    } catch (error) {
      signal.throwIfAborted();
      const refused = publicPgError(asError(error).cause);
      if (refused.sqlstate === null || refused.sqlstate.startsWith('57')) throw error;
      return allRefused(versions, after, refused);
    }
  }

  stop(): void {
    if (!this.#dead) this.#setup.life.note('compatibility', 'stopped');
  }

  async #tryAll(
    client: PgClient,
    versions: readonly VersionScripts[],
    after: string,
    signal: AbortSignal,
  ): Promise<CompatibilityRecord[]> {
    const { pools, seed } = this.#setup;
    const records: CompatibilityRecord[] = [];
    for (const { name: version, scripts } of versions) {
      for (const script of scripts) {
        const outcome = await runScriptOnce(client, script, pools, seed, { ...DEFAULT_LIMITS, signal });
        records.push({
          after,
          version,
          script: script.name,
          ok: outcome.ok,
          sqlstate: outcome.ok ? null : outcome.error.sqlstate,
          message: outcome.ok ? null : outcome.error.message,
          ...(outcome.ok ? {} : { tries: outcome.tries }),
          ...(outcome.ok && outcome.uses !== undefined ? { uses: outcome.uses } : {}),
          ...(outcome.ok || outcome.error.hint === undefined ? {} : { hint: outcome.error.hint }),
          ...(outcome.ok || outcome.error.inside === undefined ? {} : { inside: outcome.error.inside }),
          ...(outcome.ok || outcome.refused === undefined ? {} : { refused: outcome.refused }),
        });
      }
    }
    return records;
  }
}

/** The server does not let the app in: a newly started one could run none of its scripts. */
function allRefused(
  versions: readonly VersionScripts[],
  after: string,
  { sqlstate, message }: PublicPgError,
): CompatibilityRecord[] {
  return versions.flatMap(({ name: version, scripts }) =>
    scripts.map(({ name: script }) => ({ after, version, script, ok: false, sqlstate, message })),
  );
}
