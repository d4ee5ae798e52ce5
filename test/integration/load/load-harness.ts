import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadEvent, RequestHeader, RequestRow } from '../../../scripts/artifacts/records/records.ts';
import { parseWorkload, type ParsedScript } from '../../../scripts/load/scripts/parse-workload.ts';
import { loadSamples } from '../../../scripts/load/traffic/samples.ts';
import {
  startLoad,
  type LoadHosts,
  type RunningLoad,
  type SecondStats,
} from '../../../scripts/load/start-load.ts';
import { closeQuietly, connect, type PgClient } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { monotonicMs, sleep } from '../../../scripts/shared/clock.ts';
import { readNdjson } from '../../../scripts/shared/files/ndjson.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

export function scriptOf(name: string, text: string): ParsedScript {
  const result = parseWorkload({ name, path: `/app/${name}.sql`, text }, `${name}.sql`);
  if ('mistakes' in result) throw new Error(JSON.stringify(result.mistakes));
  return result.script;
}

interface TrafficOptions {
  /** Script texts by script name, by version. */
  readonly versions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly ratePerSec?: number;
  readonly connections?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly endpoint?: PgEndpoint;
  /** Long enough, and capacity is measured. */
  readonly warmupMs?: number;
  readonly processes?: number;
  readonly others?: LoadHosts;
  readonly pipeline?: boolean;
  readonly versionPools?: ReadonlyMap<string, number>;
}

/** One load on the test database, with all that it tells. */
interface Traffic {
  readonly load: RunningLoad;
  readonly zeroMs: number;
  readonly events: LoadEvent[];
  readonly seconds: SecondStats[];
  /** What requests.ndjson holds by now. */
  read(): Promise<{ header: RequestHeader; rows: RequestRow[] }>;
}

/** What the server said to requests that failed. */
export function heard({ events }: Traffic): string[] {
  return events.flatMap((event) =>
    event.type === 'said' ? [`${event.version}/${event.script} ${event.sqlstate} ${event.message}`] : [],
  );
}

export class LoadHarness {
  readonly database: TestDatabase;
  readonly setup: PgClient;
  readonly #dir: string;
  readonly #loads: RunningLoad[] = [];
  #count = 0;

  private constructor(database: TestDatabase, setup: PgClient, dir: string) {
    this.database = database;
    this.setup = setup;
    this.#dir = dir;
  }

  static async open(): Promise<LoadHarness> {
    const database = await startTestDatabase();
    const setup = await connect(database.endpoint, 'setup');
    return new LoadHarness(database, setup, await mkdtemp(join(tmpdir(), 'load-test-')));
  }

  /** A path in a folder that goes away with the harness. */
  newFile(): string {
    return join(this.#dir, `requests-${++this.#count}.ndjson`);
  }

  async start(options: TrafficOptions): Promise<Traffic> {
    const {
      versions,
      ratePerSec = 200,
      connections = 8,
      seed = 1,
      warmupMs = 0,
      processes,
      others,
      pipeline,
      versionPools,
    } = options;
    const { signal = new AbortController().signal, endpoint = this.database.endpoint } = options;
    const requestsPath = this.newFile();
    const scripts = new Map(
      Object.entries(versions).map(([version, texts]) => [
        version,
        Object.entries(texts).map(([name, text]) => scriptOf(name, text)),
      ]),
    );
    const spec = {
      ratePerSec,
      connections,
      seed,
      warmupMs,
      cooldownMs: 0,
      ...(pipeline && { pipeline }),
      versions: Object.keys(versions).map((name) => ({ name, dir: `/app/${name}`, scripts: [] })),
    };
    const pools = await loadSamples(this.setup, [...scripts.values()].flat(), seed);
    const zeroMs = monotonicMs();
    const events: LoadEvent[] = [];
    const seconds: SecondStats[] = [];
    const load = await startLoad({
      endpoint,
      spec,
      scripts,
      pools,
      zeroMs,
      requestsPath,
      signal,
      ...(processes === undefined ? {} : { processes }),
      ...(versionPools && { versionPools }),
      others,
      onSecond: (stats) => seconds.push(stats),
      onEvent: (event) => events.push(event),
    });
    this.#loads.push(load);
    return { load, zeroMs, events, seconds, read: () => readRequests(requestsPath) };
  }

  /** Sessions of the app that the server still has. */
  async appSessions(): Promise<number> {
    const { rows } = await this.setup.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'rehearse/app'`,
    );
    return rows[0]?.count ?? 0;
  }

  /** Waits until the app has no session left; false after ten seconds. */
  async appIsGone(): Promise<boolean> {
    return until(async () => (await this.appSessions()) === 0);
  }

  killLoads(): void {
    for (const load of this.#loads.splice(0)) load.kill();
  }

  async close(): Promise<void> {
    this.killLoads();
    await closeQuietly(this.setup);
    await this.database.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Looks every 50 ms whether something holds; false when it does not within ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = monotonicMs() + 30_000;
  while (monotonicMs() < deadline) {
    if (await holds()) return true;
    await sleep(50);
  }
  return false;
}

async function readRequests(path: string): Promise<{ header: RequestHeader; rows: RequestRow[] }> {
  const records: unknown[] = [];
  for await (const chunk of readNdjson(path)) records.push(...chunk);
  const [header, ...rows] = records as [RequestHeader, ...RequestRow[]];
  return { header, rows };
}
