import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SnapshotRecord } from '../../../scripts/artifacts/records/records.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { PostgresSpec, SnapshotSource } from '../../../scripts/plan/model.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { restoreSnapshot } from '../../../scripts/snapshot/restore.ts';
import { startServer, type TestServer } from './snapshot-fixture.ts';

export const TABLE = 'create table public.orders (id int primary key, name text);\n';

interface RestoreOverrides {
  readonly signal?: AbortSignal;
  readonly onProgress?: (detail: string) => void;
  readonly endpoint?: PgEndpoint;
}
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** A server and a folder of snapshots; each restore goes into a new database. */
export class Restorer {
  readonly server: TestServer;
  readonly folder: string;
  #databases = 0;

  private constructor(server: TestServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  static async start(postgres: Partial<PostgresSpec> = {}): Promise<Restorer> {
    return new Restorer(await startServer(postgres), await mkdtemp(join(tmpdir(), 'snapshot-test-')));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async restore(source: SnapshotSource, overrides: RestoreOverrides = {}): Promise<SnapshotRecord> {
    this.#databases += 1;
    return restoreSnapshot({
      environment: {},
      enclose: null,
      source,
      dir: this.folder,
      endpoint: overrides.endpoint ?? (await this.server.create(`t${this.#databases}`)),
      settings: [{ name: 'maintenance_work_mem', value: '64MB' }],
      jobs: 2,
      scratchDir: this.folder,
      signal: overrides.signal ?? AbortSignal.timeout(60_000),
      onProgress: ({ detail }) => overrides.onProgress?.(detail),
    });
  }

  async file(content: string | Buffer, name = 'shop.sql'): Promise<SnapshotSource> {
    await writeFile(join(this.folder, name), content);
    return { kind: 'file', path: join(this.folder, name) };
  }

  /** The error that a restore ends with. `Lovelace` stands for a row's value in these tests: it may never show. */
  async failure(restoring: Promise<unknown>): Promise<Failure> {
    const error: unknown = await restoring.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof RehearsalError)) throw new Error(`not a RehearsalError: ${String(error)}`);
    expect(JSON.stringify([error.message, error.hint, error.cause ?? null])).not.toContain('Lovelace');
    return { code: error.code, message: error.message, hint: error.hint };
  }

  async sqlFailure(sql: string | Buffer): Promise<Failure> {
    return this.failure(this.restore(await this.file(sql)));
  }

  /** Sessions of restores that are still there; a backend needs a moment to notice that its client is gone. */
  async sessions(): Promise<number> {
    return withConnection(this.server.endpoint, 'setup', async (client) => {
      for (let tries = 0; ; tries += 1) {
        const { rows } = await client.query<{ count: number }>(
          "select count(*)::int from pg_stat_activity where application_name = 'rehearse/restore'",
        );
        const count = rows[0]?.count ?? 0;
        if (count === 0 || tries === 100) return count;
        await sleep(100);
      }
    });
  }
}
