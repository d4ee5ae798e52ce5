import type pg from 'pg';
import type { IndexFacts, SnapshotFacts, TableFacts } from '../../plan/production/snapshot-facts.ts';
import type { Here } from './beside-production.ts';
import {
  CACHED,
  COLLATION_NOW,
  EXTENSIONS,
  HARDWARE,
  INDEXES,
  MAY_READ_FILES,
  SERVER,
  SETTINGS,
  STATEMENTS,
  TABLES,
} from './facts-sql.ts';

type ServerFacts = Omit<SnapshotFacts, 'format' | 'version' | 'source' | 'takenAt' | 'activity' | 'notes'>;
type Uncached<T> = Omit<T, 'cachedBytes'> & { readonly oid: number };

const COLLATION_MAJOR = 15;

/**
 * What a live server tells of itself and of one of its databases; of rows only how many there are.
 * @throws what PostgreSQL says
 */
export async function readFacts(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query<Pick<ServerFacts, 'server' | 'database'>>(SERVER);
  const [found] = rows;
  if (found === undefined) throw new Error('no answer');
  const { server, database } = found;
  const settings = await client.query<{ name: string; value: string }>(SETTINGS);
  const extensions = await client.query<{ name: string; version: string; schema: string }>(EXTENSIONS);
  const schemaOf = (name: string): string | undefined =>
    extensions.rows.find((extension) => extension.name === name)?.schema;
  return {
    server: { ...server, hardware: await readHardware(client) },
    database: { ...database, collationVersionNow: await collationNow(client, server.major) },
    settings: Object.fromEntries(settings.rows.map(({ name, value }) => [name, value])),
    extensions: Object.fromEntries(extensions.rows.map(({ name, version }) => [name, version])),
    ...(await readRelations(client, schemaOf('pg_buffercache'))),
    statements: await readStatements(client, schemaOf('pg_stat_statements')),
  };
}

/** Of the server that is rehearsed on, what is put beside production's. @throws what PostgreSQL says */
export async function readHere(client: pg.Client): Promise<Omit<Here, 'bytes' | 'isSynthetic'>> {
  const { rows } = await client.query<Pick<ServerFacts, 'server' | 'database'>>(SERVER);
  const [found] = rows;
  if (found === undefined) throw new Error('no answer');
  const { server, database } = found;
  const extensions = await client.query<{ name: string; version: string }>(EXTENSIONS);
  return {
    major: server.major,
    build: server.build,
    collation: { name: database.collate, version: database.collationVersion },
    extensions: Object.fromEntries(extensions.rows.map(({ name, version }) => [name, version])),
    ...(await readRelations(client, undefined)),
  };
}

/** @param buffers the schema of pg_buffercache; undefined = it is not there */
async function readRelations(
  client: pg.Client,
  buffers: string | undefined,
): Promise<Pick<ServerFacts, 'tables' | 'indexes'>> {
  const tables = await client.query<Uncached<TableFacts>>(TABLES);
  const indexes = await client.query<Uncached<IndexFacts>>(INDEXES);
  const cached = await readCached(client, buffers);
  const withCached = <T extends { readonly oid: number }>({ oid, ...rest }: T) => ({
    ...rest,
    cachedBytes: cached && (cached.get(oid) ?? 0),
  });
  return { tables: tables.rows.map(withCached), indexes: indexes.rows.map(withCached) };
}

/** Null where the library is not loaded, or its columns have other names (before PostgreSQL 13). */
async function readStatements(
  client: pg.Client,
  schema: string | undefined,
): Promise<SnapshotFacts['statements']> {
  if (schema === undefined) return null;
  const sql = STATEMENTS.replace('SCHEMA', () => schema);
  const read = await client
    .query<NonNullable<SnapshotFacts['statements']>[number]>(sql)
    .catch(() => undefined);
  return read?.rows ?? null;
}

/** Bytes by oid of what lies in shared buffers; null where nobody tells, or the role may not know (`pg_monitor`). */
async function readCached(
  client: pg.Client,
  schema: string | undefined,
): Promise<ReadonlyMap<number, number> | null> {
  if (schema === undefined) return null;
  const sql = CACHED.replace('SCHEMA', () => schema);
  const read = await client.query<{ oid: number; bytes: number }>(sql).catch(() => undefined);
  return read === undefined ? null : new Map(read.rows.map(({ oid, bytes }) => [oid, bytes]));
}

/** SQL has no word for it: where the role may read files of a Linux, its own figures. */
async function readHardware(client: pg.Client): Promise<SnapshotFacts['server']['hardware']> {
  const { rows } = await client.query<{ may: boolean }>(MAY_READ_FILES);
  if (rows[0]?.may !== true) return null;
  const read = await client
    .query<{ cpus: number; memoryBytes: number | null }>(HARDWARE)
    .catch(() => undefined);
  const { cpus = 0, memoryBytes = null } = read?.rows[0] ?? {};
  return cpus > 0 && memoryBytes !== null ? { cpus, memoryBytes } : null;
}

async function collationNow(client: pg.Client, major: number): Promise<string | null> {
  if (major < COLLATION_MAJOR) return null;
  const { rows } = await client.query<{ version: string | null }>(COLLATION_NOW);
  return rows[0]?.version ?? null;
}
