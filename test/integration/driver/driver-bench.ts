import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { bundleDriver } from '../../../scripts/job/bundle.ts';
import {
  doneSchema,
  makeJob,
  parseDriverLine,
  type DriverDone,
  type DriverJob,
  type DriverLine,
  type JobContext,
} from '../../../scripts/job/job.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { planPlayings } from '../../../scripts/plan/plan-playings.ts';
import { readRehearsal } from '../../../scripts/plan/read.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

const PATIENCE_MS = 90_000;

/** What `restoreSettings` of an environment holds, with some that only a start can set. */
const RESTORE_SETTINGS = [
  { name: 'fsync', value: 'off' },
  { name: 'synchronous_commit', value: 'off' },
  { name: 'full_page_writes', value: 'off' },
  { name: 'wal_level', value: 'minimal' },
  { name: 'max_wal_senders', value: '0' },
  { name: 'max_wal_size', value: '4096MB' },
  { name: 'checkpoint_timeout', value: '1h' },
  { name: 'autovacuum', value: 'off' },
];

/** A server, and a place where the bundle lies as on a driver host: alone, with no checkout around it. */
export class DriverBench {
  readonly #database: TestDatabase;
  readonly #home: string;
  readonly bundle: string;
  #databases = 0;

  private constructor(database: TestDatabase, home: string) {
    this.#database = database;
    this.#home = home;
    this.bundle = join(home, 'engine.mjs');
  }

  static async open(settings: readonly { name: string; value: string }[] = []): Promise<DriverBench> {
    const home = await mkdtemp(join(tmpdir(), 'driver-test-'));
    await chmod(home, 0o755);
    const bench = new DriverBench(await startTestDatabase(settings), home);
    await copyFile(await bundleDriver(), bench.bundle);
    return bench;
  }

  async close(): Promise<void> {
    await this.#database.stop();
    await rm(this.#home, { recursive: true });
  }

  get server(): PgEndpoint {
    return this.#database.endpoint;
  }

  /** An empty database of its own. */
  async database(): Promise<PgEndpoint> {
    const database = `job_${++this.#databases}`;
    await withConnection(this.server, 'setup', (client) => client.query(`create database ${database}`));
    return { ...this.server, database };
  }

  /** A job folder with the rehearsal of `dir` in it. */
  async job(
    dir: string,
    context: Partial<JobContext> = {},
    env: Record<string, string> = {},
  ): Promise<DriverRun> {
    const rehearsal = await readRehearsal(dir, { cwd: dir, env });
    const job = await makeJob(rehearsal, {
      runId: newRunId(rehearsal.name),
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      primary: context.primary ?? (await this.database()),
      playings: planPlayings(rehearsal.scenarios, 1),
      standby: null,
      restoreSettings: RESTORE_SETTINGS,
      ...context,
    });
    const folder = await mkdtemp(join(this.#home, 'job-'));
    await upload(job, folder);
    return new DriverRun(this.bundle, folder);
  }
}

/** As over SFTP: nothing but bytes, and the mode where one is asked for. */
async function upload({ files, documents }: DriverJob, folder: string): Promise<void> {
  for (const { from, to } of files) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await writeFile(join(folder, to), await readFile(from));
  }
  for (const { to, text, mode } of documents) await writeFile(join(folder, to), text, { mode });
}

/** A job as its controller sees it. */
export class DriverRun {
  readonly #bundle: string;
  readonly folder: string;

  constructor(bundle: string, folder: string) {
    this.#bundle = bundle;
    this.folder = folder;
  }

  start(): ChildProcess {
    return spawn(process.execPath, [this.#bundle, 'run', this.folder], {
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '', NODE_PATH: '' },
      stdio: 'ignore',
      detached: true,
    });
  }

  /** Starts it and waits for its end. */
  async run(): Promise<DriverDone> {
    const child = this.start();
    await once(child, 'exit');
    return this.done();
  }

  async done(): Promise<DriverDone> {
    return doneSchema.parse(JSON.parse(await readFile(join(this.folder, 'done.json'), 'utf8')));
  }

  async lines(): Promise<DriverLine[]> {
    const path = join(this.folder, 'events.ndjson');
    if (!existsSync(path)) return [];
    return (await readFile(path, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const parsed = parseDriverLine(line);
        if (!parsed) throw new Error(`not a line of the driver's: ${line}`);
        return parsed;
      });
  }

  /** Waits for a line of events.ndjson. */
  async says(wanted: (line: DriverLine) => boolean): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (!(await this.lines()).some(wanted)) {
      if (Date.now() > until || existsSync(join(this.folder, 'done.json'))) {
        throw new Error(`it never said that: ${JSON.stringify(await this.lines())}`);
      }
      await sleep(50);
    }
  }
}
