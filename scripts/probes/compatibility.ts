import type { CompatibilityRecord } from '../artifacts/records.ts';
import type { ParsedScript } from '../load/parse-workload.ts';
import { DEFAULT_LIMITS, runScriptOnce } from '../load/run-once.ts';
import type { SamplePools } from '../load/samples.ts';
import { withConnection, type PgClient } from '../pg/client.ts';
import { learnNames } from '../pg/messages/learn-names.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { publicPgError, type PublicPgError } from '../pg/pg-error.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/ndjson.ts';
import type { ProbeLife } from './probe-life.ts';

export interface VersionScripts {
  readonly name: string;
  readonly scripts: readonly ParsedScript[];
}

export interface CompatibilitySetup {
  readonly endpoint: PgEndpoint;
  /** In order of rollout. */
  readonly versions: readonly VersionScripts[];
  readonly pools: SamplePools;
  readonly seed: number;
  readonly writer: NdjsonWriter<CompatibilityRecord>;
  readonly life: ProbeLife;
}

/** Tries every script of every app version against the schema as it is now, and rolls it back. */
export class CompatibilityProbe {
  readonly #setup: CompatibilitySetup;
  #dead = false;

  constructor(setup: CompatibilitySetup) {
    this.#setup = setup;
    setup.life.note('compatibility', 'started');
  }

  /** @param after `start` or the name of the step that just ended */
  async look(after: string, signal: AbortSignal): Promise<CompatibilityRecord[]> {
    const { endpoint, writer, life } = this.#setup;
    try {
      // A fresh connection, as a newly started app would have: nothing is cached in it.
      const records = await withConnection(
        endpoint,
        'compatibility',
        (client) => this.#tryAll(client, after, signal),
        signal,
      );
      for (const record of records) writer.write(record);
      return records;
    } catch (error) {
      signal.throwIfAborted();
      const refused = publicPgError(asError(error).cause);
      if (refused.sqlstate !== null && !refused.sqlstate.startsWith('57')) {
        const records = this.#allRefused(after, refused);
        for (const record of records) writer.write(record);
        return records;
      }
      this.#dead = true;
      life.note('compatibility', 'died', asError(error).message);
      return [];
    }
  }

  stop(): void {
    if (!this.#dead) this.#setup.life.note('compatibility', 'stopped');
  }

  /** The server does not let the app in: a newly started one could run none of its scripts. */
  #allRefused(after: string, { sqlstate, message }: PublicPgError): CompatibilityRecord[] {
    return this.#setup.versions.flatMap(({ name: version, scripts }) =>
      scripts.map(({ name: script }) => ({ after, version, script, ok: false, sqlstate, message })),
    );
  }

  async #tryAll(client: PgClient, after: string, signal: AbortSignal): Promise<CompatibilityRecord[]> {
    const { versions, pools, seed } = this.#setup;
    await learnNames(client);
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
          ...(outcome.ok || outcome.refused === undefined ? {} : { refused: outcome.refused }),
        });
      }
    }
    return records;
  }
}
