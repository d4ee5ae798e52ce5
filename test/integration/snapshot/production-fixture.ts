import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCell } from '../../../infra/targets/embedded/cell/cell.ts';
import { giveTo } from '../../../infra/targets/embedded/cell/server-user.ts';
import { findFreePort } from '../../../infra/targets/embedded/free-port.ts';
import type { Programs } from '../../../infra/targets/embedded/programs/prepare-programs.ts';
import { runDirAt } from '../../../infra/targets/embedded/run-dir.ts';
import { initData } from '../../../infra/targets/embedded/server/init-data.ts';
import { ServerProcess } from '../../../infra/targets/embedded/server/server-process.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { runSql } from './snapshot-fixture.ts';

/** Whom production speaks to. */
export interface Outside {
  readonly port: number;
  /** Connections so far. */
  heard: number;
  close(): Promise<void>;
}

export async function listenOutside(): Promise<Outside> {
  const outside = { port: 0, heard: 0, close: async () => Promise.resolve() };
  const server: Server = createServer((socket) => {
    outside.heard += 1;
    socket.on('error', () => undefined).destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  outside.port = (server.address() as { port: number }).port;
  outside.close = () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  return outside;
}

/** A PostgreSQL of the distribution that runs as any would: its configuration in its data folder, a port of this machine. */
export class Production {
  readonly endpoint: PgEndpoint;
  readonly data: string;
  readonly path: string;
  readonly #programs: Programs;
  #server: ServerProcess | undefined;

  private constructor(programs: Programs, endpoint: PgEndpoint) {
    this.#programs = programs;
    this.endpoint = endpoint;
    this.data = programs.dir.data;
    this.path = programs.dir.path;
  }

  static async start(): Promise<Production> {
    const path = await mkdtemp(join(tmpdir(), 'production-'));
    const cell = await openCell('for a test');
    const programs: Programs = { binDir: SYSTEM_POSTGRES.binDir, dir: runDirAt(path, 'production'), cell };
    await chmod(path, 0o711);
    await giveTo(cell.user, path);
    const password = 'Lovelace1815';
    await initData(programs, password, AbortSignal.timeout(60_000));
    const port = await findFreePort();
    await appendFile(
      join(programs.dir.data, 'postgresql.conf'),
      `port = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nwal_level = logical\nmax_prepared_transactions = 5\nfsync = off\n`,
    );
    const endpoint = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' };
    const production = new Production(programs, endpoint);
    await production.run();
    return production;
  }

  async run(): Promise<void> {
    this.#server = await ServerProcess.spawn(this.#programs);
    const end = await this.#server.ready(this.endpoint, AbortSignal.timeout(60_000));
    if (end) throw new Error(`production ended: ${end.log}`);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.path, { recursive: true, force: true });
  }

  /** A folder that its server may write. */
  async folder(name: string): Promise<string> {
    const path = join(this.path, name);
    await mkdir(path, { mode: 0o700 });
    await giveTo(this.#programs.cell.user, path);
    return path;
  }

  /** A file in its data folder. */
  async file(name: string, text: string): Promise<void> {
    const path = join(this.data, name);
    await writeFile(path, text, { flag: 'a', mode: 0o600 });
    await giveTo(this.#programs.cell.user, path);
  }
}

/** Everything by which the copy of a cluster reaches out, in its databases; what would speak at once is armed by `ARM`. */
export async function plant(production: Production, outside: Outside): Promise<void> {
  const { endpoint } = production;
  const fast = await production.folder('fast');
  const at = `host=127.0.0.1 port=${outside.port}`;
  for (const statement of [
    `create role app login password 'Lovelace'`,
    'create database shop owner app',
    'create database crm',
    `create tablespace fast location '${fast}'`,
    `alter role app set session_preload_libraries = 'auto_explain'`,
    `alter system set archive_command = 'echo > /dev/tcp/127.0.0.1/${outside.port}'`,
    "select pg_create_physical_replication_slot('replica1', true)",
  ])
    await runSql(endpoint, statement);
  await runSql({ ...endpoint, database: 'crm' }, 'create table people (name text)');
  const shop = { ...endpoint, database: 'shop' };
  await runSql(
    shop,
    `create table orders (id int primary key, note text) tablespace fast;
     insert into orders select i, 'Lovelace ' || i from generate_series(1, 1000) i;
     alter table orders owner to app;
     create extension postgres_fdw; create extension dblink;
     create server warehouse foreign data wrapper postgres_fdw options (host '127.0.0.1', port '${outside.port}', dbname 'x');
     create user mapping for app server warehouse options (user 'app', password 'Lovelace');
     create function tell() returns event_trigger language plpgsql as $$ begin perform dblink_connect('${at} dbname=x connect_timeout=1'); exception when others then null; end $$;
     create function count_ddl() returns event_trigger language plpgsql as $$ begin end $$;
     create event trigger tells on ddl_command_end execute function tell();
     alter event trigger tells enable always;
     create event trigger counts on ddl_command_end execute function count_ddl();
     create schema cron;
     create table cron.job (jobid bigint primary key, jobname text, command text, active boolean);
     insert into cron.job values (1, 'nightly-export', 'select 1', true)`,
  );
  await runSql(
    shop,
    `create subscription feed connection '${at} dbname=x' publication p with (connect = false, slot_name = 'prod_slot')`,
  );
  await runSql(shop, "select pg_create_logical_replication_slot('cdc', 'test_decoding')");
}

/** Nothing may be done with the database afterwards but to stop it, or it speaks. */
export async function arm(production: Production, outside: Outside): Promise<void> {
  const shop = { ...production.endpoint, database: 'shop' };
  await runSql(shop, "begin; insert into orders values (5000, 'x'); prepare transaction 'held'");
  await runSql(shop, 'update pg_subscription set subenabled = true');
  await production.stop();
  const { port } = outside;
  await production.file('standby.signal', '');
  await production.file('server.key', 'secret');
  await production.file('extra.conf', `ssl_key_file = 'server.key'\n`);
  await production.file(
    'postgresql.conf',
    `archive_mode = always\nprimary_conninfo = 'host=127.0.0.1 port=${port}'\nrestore_command = 'echo > /dev/tcp/127.0.0.1/${port}'\nshared_preload_libraries = 'auto_explain'\ninclude 'extra.conf'\n`,
  );
  await production.file('pg_hba.conf', 'host all all 0.0.0.0/0 trust\n');
}
