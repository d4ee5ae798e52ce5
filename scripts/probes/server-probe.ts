import type { ServerRecord } from '../artifacts/records/records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { ProbeConnection } from './probe-connection.ts';
import type { ProbeLife } from './probe-life.ts';
import { StandbyLag, type StandbyRow } from './standby-lag.ts';

const PERIOD_MS = 1000;
const MAY_BE_AWAY_MS = 2 * PERIOD_MS;

/** A row for each streaming standby, at least one. Only physical ones: their WAL senders belong to no database. */
const SERVER = {
  name: 'rehearse_server',
  rowMode: 'array' as const,
  text: `select pg_current_wal_insert_lsn() - '0/0', pg_current_wal_flush_lsn() - '0/0',
                pg_database_size(current_database()), r.pid,
                r.write_lsn - '0/0', extract(epoch from r.write_lag) * 1000,
                r.flush_lsn - '0/0', extract(epoch from r.flush_lag) * 1000,
                r.replay_lsn - '0/0', extract(epoch from r.replay_lag) * 1000
           from (select 1) one
           left join (pg_stat_replication r join pg_stat_activity a on a.pid = r.pid and a.datid is null)
             on r.state in ('streaming', 'catchup') and r.replay_lsn is not null`,
};
type Numeric = string | null;
type ServerRow = [
  ...[inserted: string, flushed: string, size: string, pid: number | null],
  ...[writeLsn: Numeric, writeLag: Numeric, flushLsn: Numeric, flushLag: Numeric],
  ...[replayLsn: Numeric, replayLag: Numeric],
];

interface Sinks {
  readonly writer: NdjsonWriter<ServerRecord>;
  readonly clock: RunClock;
  readonly life: ProbeLife;
}

/** Looks at the server once a second: WAL position, size, and how far a standby is behind. */
export class ServerProbe {
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;

  private constructor(
    client: ProbeConnection,
    { writer, clock, life }: Sinks,
    onRecord: (record: ServerRecord) => void,
  ) {
    life.note('server', 'started');
    this.#loop = this.#run(client, { writer, clock }, onRecord).then(
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
    sinks: Sinks,
    onRecord: (record: ServerRecord) => void,
  ): Promise<ServerProbe> {
    return new ServerProbe(
      await ProbeConnection.open(endpoint, {
        probe: 'server',
        life: sinks.life,
        mayBeAwayMs: MAY_BE_AWAY_MS,
      }),
      sinks,
      onRecord,
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
  }

  async #run(
    client: ProbeConnection,
    { writer, clock }: Pick<Sinks, 'writer' | 'clock'>,
    onRecord: (record: ServerRecord) => void,
  ): Promise<void> {
    let firstWal: number | undefined;
    const standbyLag = new StandbyLag();
    try {
      while (!this.#stop.signal.aborted) {
        const fromMs = clock.now();
        const { rows } = await client.query<ServerRow>(SERVER);
        const [inserted, flushed, size] = rows[0] ?? ['0', '0', '0'];
        const tMs = clock.now();
        firstWal ??= Number(inserted);
        const record: ServerRecord = {
          tMs,
          walBytes: Number(inserted) - firstWal,
          databaseBytes: Number(size),
          ...standbyLag.look({ fromMs, toMs: tMs }, Number(flushed), rows.flatMap(standbyOf)),
        };
        writer.write(record);
        onRecord(record);
        await sleep(PERIOD_MS, this.#stop.signal).catch(() => undefined);
      }
    } finally {
      await client.close();
    }
  }
}

function standbyOf(row: ServerRow): StandbyRow[] {
  const [, , , pid, writeLsn, writeLag, flushLsn, flushLag, replayLsn, replayLag] = row;
  if (pid === null) return [];
  const place = (lsn: Numeric, lag: Numeric): StandbyRow['write'] => ({
    lsn: Number(lsn),
    lagMs: lag === null ? null : Number(lag),
  });
  return [
    {
      pid,
      write: place(writeLsn, writeLag),
      flush: place(flushLsn, flushLag),
      replay: place(replayLsn, replayLag),
    },
  ];
}
