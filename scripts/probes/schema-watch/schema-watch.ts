import type { SchemaRecord } from '../../artifacts/schema-records.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { asError } from '../../shared/errors.ts';
import type { NdjsonWriter } from '../../shared/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { ProbeConnection } from '../probe-connection.ts';
import type { ProbeLife } from '../probe-life.ts';
import { readUnfinished } from './unfinished.ts';

interface Sinks {
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
  readonly life: ProbeLife;
}

/** It looks only when nothing of the plan is in flight; whatever it finds was there all the time that it was away. */
const MAY_BE_AWAY_MS = Infinity;

/** Looks at the schema before the plan, after each try that failed, and after each step. */
export class SchemaWatch {
  readonly #server: ProbeConnection;
  readonly #sinks: Sinks;
  #dead = false;

  private constructor(server: ProbeConnection, sinks: Sinks) {
    this.#server = server;
    this.#sinks = sinks;
    sinks.life.note('schema', 'started');
  }

  /** Looks for the first time. */
  static async start(endpoint: PgEndpoint, sinks: Sinks): Promise<SchemaWatch> {
    const owner = { probe: 'schema', life: sinks.life, mayBeAwayMs: MAY_BE_AWAY_MS } as const;
    const watch = new SchemaWatch(await ProbeConnection.open(endpoint, owner), sinks);
    await watch.#look(null, null);
    return watch;
  }

  async afterTry(step: string, attempt: number): Promise<void> {
    await this.#look(step, attempt);
  }

  async afterStep(step: string): Promise<void> {
    await this.#look(step, null);
  }

  async stop(): Promise<void> {
    await this.#server.close();
    if (!this.#dead) this.#sinks.life.note('schema', 'stopped');
  }

  /** The run goes on without its eyes; the verdict will be inconclusive. */
  async #look(step: string | null, attempt: number | null): Promise<void> {
    if (this.#dead) return;
    const { writer, clock, life } = this.#sinks;
    try {
      const objects = await readUnfinished(this.#server);
      writer.write({ type: 'unfinished', step, attempt, tMs: clock.now(), objects });
    } catch (error) {
      this.#dead = true;
      life.note('schema', 'died', asError(error).message);
    }
  }
}
