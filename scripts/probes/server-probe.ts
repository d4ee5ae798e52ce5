import type { ServerRecord } from '../artifacts/records.ts';
import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { PROBE_TIMEOUT_MS, type ProbeLife } from './probe-life.ts';

const PERIOD_MS = 1000;

const SERVER = {
  name: 'rehearse_server',
  rowMode: 'array' as const,
  text: `select pg_current_wal_insert_lsn() - '0/0', pg_database_size(current_database()),
                extract(epoch from max(r.replay_lag)) * 1000, max(pg_current_wal_insert_lsn() - r.replay_lsn)
           from (select 1) one left join pg_stat_replication r on true`,
};
type ServerRow = [wal: string, size: string, lagMs: string | null, lagBytes: string | null];

/** Looks at the server once a second: WAL position, size, and how far a standby is behind. */
export class ServerProbe {
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;

  private constructor(
    client: PgClient,
    sink: NdjsonWriter<ServerRecord>,
    clock: RunClock,
    life: ProbeLife,
    onRecord: (record: ServerRecord) => void,
  ) {
    life.note('server', 'started');
    this.#loop = this.#run(client, sink, clock, onRecord).then(
      () => {
        life.note('server', 'stopped');
      },
      (error: unknown) => {
        life.note('server', 'died', asError(error).message);
      },
    );
  }

  static async start(
    endpoint: PgEndpoint,
    sinks: { writer: NdjsonWriter<ServerRecord>; clock: RunClock; life: ProbeLife },
    onRecord: (record: ServerRecord) => void,
  ): Promise<ServerProbe> {
    return new ServerProbe(
      await connect(endpoint, 'probe', { queryTimeoutMs: PROBE_TIMEOUT_MS }),
      sinks.writer,
      sinks.clock,
      sinks.life,
      onRecord,
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
  }

  async #run(
    client: PgClient,
    sink: NdjsonWriter<ServerRecord>,
    clock: RunClock,
    onRecord: (record: ServerRecord) => void,
  ): Promise<void> {
    let firstWal: number | undefined;
    try {
      while (!this.#stop.signal.aborted) {
        const { rows } = await client.query<ServerRow>(SERVER);
        const [wal, size, lagMs, lagBytes] = rows[0] ?? ['0', '0', null, null];
        firstWal ??= Number(wal);
        const record: ServerRecord = {
          tMs: clock.now(),
          walBytes: Number(wal) - firstWal,
          databaseBytes: Number(size),
          replayLagMs: lagMs === null ? null : Number(lagMs),
          replayLagBytes: lagBytes === null ? null : Number(lagBytes),
        };
        sink.write(record);
        onRecord(record);
        await sleep(PERIOD_MS, this.#stop.signal).catch(() => undefined);
      }
    } finally {
      await closeQuietly(client);
    }
  }
}
