import type { PresenceRecord } from '../../artifacts/records/records.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import type { ServerRole } from '../../pg/machine-trouble.ts';
import { asError } from '../../shared/errors.ts';
import type { NdjsonWriter } from '../../shared/files/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { LoopLag } from './loop-lag.ts';
import { ServerWatch } from './server-watch.ts';

/** Where records go while a plan is played. */
interface PresenceSink {
  readonly writer: NdjsonWriter<PresenceRecord>;
  readonly clock: RunClock;
}

/** Looks after every server of a run, from the restore to the last answer. */
export class ServerWatches {
  readonly #endpoints: readonly (readonly [ServerRole, PgEndpoint])[];
  readonly #failed = new AbortController();
  readonly #lag = new LoopLag((fromMs, toMs) => {
    this.#write({ type: 'stood-still', fromMs, toMs });
  });
  #watches: ServerWatch[] = [];
  #sink: PresenceSink | undefined;
  #awayMs = 0;

  constructor(servers: { readonly primary: PgEndpoint; readonly standby: PgEndpoint | null }) {
    const { primary, standby } = servers;
    this.#endpoints = [['primary', primary], ...(standby === null ? [] : [['standby', standby] as const])];
  }

  /** Aborts when the run cannot go on, with the reason: POSTGRES_DIED, HOST_UNREACHABLE, DISK_FULL, … */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** All time that anything was away since records go to this sink, in milliseconds. */
  get awayMs(): number {
    return this.#awayMs;
  }

  async start(): Promise<void> {
    this.#watches = await Promise.all(
      this.#endpoints.map(([role, endpoint]) =>
        ServerWatch.start({
          role,
          endpoint,
          lag: this.#lag,
          onRecord: (record) => {
            this.#write(record);
          },
          onGone: (error) => {
            if (!this.failed.aborted) this.#failed.abort(error);
          },
        }),
      ),
    );
    this.failed.throwIfAborted();
  }

  /** Nobody looks while `work` goes on: it restarts a server. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    await this.#end();
    const result = await work();
    await this.start();
    return result;
  }

  /** From here on records go there; undefined = nowhere. */
  recordInto(sink: PresenceSink | undefined): void {
    this.#sink = sink;
    this.#awayMs = 0;
  }

  /** Resolves when whatever has happened to the servers until now is known. @throws the reason of `failed` */
  async settled(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.settled()));
    this.failed.throwIfAborted();
  }

  async stop(): Promise<void> {
    this.#lag.stop();
    await this.#end();
  }

  async #end(): Promise<void> {
    const watches = this.#watches;
    this.#watches = [];
    const ended = await Promise.allSettled(watches.map((watch) => watch.stop()));
    for (const one of ended) if (one.status === 'rejected') throw asError(one.reason);
  }

  #write(record: PresenceRecord): void {
    const { writer, clock } = this.#sink ?? {};
    if (writer === undefined || clock === undefined) return;
    if (record.type === 'crash') writer.write({ ...record, tMs: clock.at(record.tMs) });
    else {
      this.#awayMs += record.toMs - record.fromMs;
      writer.write({ ...record, fromMs: clock.at(record.fromMs), toMs: clock.at(record.toMs) });
    }
  }
}
