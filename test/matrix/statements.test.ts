import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatementRecord } from '../../scripts/artifacts/records/records.ts';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { withConnection } from '../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { runSqlStep } from '../../scripts/replay/steps/sql-step.ts';
import { StepFailure } from '../../scripts/replay/session/step-failure.ts';
import { Cleanup } from '../../scripts/shared/cleanup.ts';
import { RunClock } from '../../scripts/shared/run-clock.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { needs } from '../support/needs.ts';
import { sqlStep } from '../support/replay/replayed.ts';
import { openStepContext } from '../support/replay/step-context.ts';
import { fingerprint } from './statements/fingerprint.ts';
import { ALTER } from './statements/alter.ts';
import { CHANGE } from './statements/change.ts';
import { CREATE } from './statements/create.ts';
import type { Row } from './statements/row.ts';
import { TRANSACTIONS } from './statements/transactions.ts';

/** What a text came to: the SQLSTATE that ended it, what was said on the way, and all that the database is then. */
interface Outcome {
  readonly sqlstate: string | null;
  readonly notices: readonly string[];
  readonly effect: readonly string[];
}

const PSQL = needs('psql', 'statements as psql runs them');
const SETTINGS = {
  max_prepared_transactions: '5',
  wal_level: 'logical',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_wal_size: '4GB',
};
let database: TestDatabase;
let dir: string;
const table: string[] = [];
let made = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'statements-'));
  database = await startTestDatabase(Object.entries(SETTINGS).map(([name, value]) => ({ name, value })));
  await admin('create database tpl');
  const template = await readFile(new URL('./statements/template.sql', import.meta.url), 'utf8');
  await withConnection(named('tpl'), 'setup', (client) => client.query(template));
});
afterAll(async () => {
  process.stderr.write(`psql  us\n${table.join('\n')}\n`);
  await database.stop();
  await rm(dir, { recursive: true });
});

const named = (name: string): PgEndpoint => ({ ...database.endpoint, database: name });

async function admin(sql: string): Promise<void> {
  await withConnection(database.endpoint, 'setup', (client) => client.query(sql));
}

/** Runs on a fresh copy of the template, and undoes what it did to the cluster. */
async function onCopy(
  row: Row,
  run: (endpoint: PgEndpoint) => Promise<Omit<Outcome, 'effect'>>,
): Promise<Outcome> {
  const name = `copy_${++made}`;
  await admin(`create database ${name} template tpl`);
  const endpoint = named(name);
  const told = await run(endpoint);
  const outcome = await withConnection(endpoint, 'setup', async (client) => {
    const effect = await fingerprint(client);
    for (const undo of row.undo?.split('; ') ?? []) await client.query(undo).catch(() => undefined);
    return { ...told, effect };
  });
  await admin(`drop database ${name} with (force)`);
  return outcome;
}

async function byPsql(sql: string, endpoint: PgEndpoint): Promise<Omit<Outcome, 'effect'>> {
  const file = join(dir, 'in.sql');
  await writeFile(file, sql);
  const { host, port, user, password, database: name } = endpoint;
  const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-f', file, name];
  const env = {
    PATH: process.env['PATH'],
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
  };
  const child = spawn('psql', args, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await new Promise((resolve) => child.once('close', resolve));
  const lines = [...said.matchAll(/^psql:[^\n]*?(ERROR|FATAL|WARNING|NOTICE):\s+([0-9A-Z]{5}):/gm)];
  const sqlstate = lines.find(([, severity]) => severity === 'ERROR' || severity === 'FATAL')?.[2] ?? null;
  const notices = lines.flatMap(([, severity = '', state = '']) =>
    severity === 'WARNING' || severity === 'NOTICE' ? [`${severity} ${state}`] : [],
  );
  return { sqlstate, notices };
}

async function byUs(sql: string, endpoint: PgEndpoint): Promise<Omit<Outcome, 'effect'>> {
  const folder = await RunFolder.create(await mkdtemp(join(dir, 'run-')));
  const cleanup = new Cleanup();
  const context = await openStepContext(endpoint, folder, cleanup, new RunClock(), []);
  let sqlstate: string | null = null;
  try {
    await runSqlStep(sqlStep('step', sql), context, () => undefined);
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    sqlstate = error.error.sqlstate;
  } finally {
    await cleanup.run();
  }
  const records = ((await folder.read('steps')) ?? []).filter(
    (event): event is StatementRecord => event.type === 'statement',
  );
  const notices = records.flatMap(({ notices: said = [] }) =>
    said.flatMap(({ severity, sqlstate: state, count }) =>
      Array.from({ length: count }, () => `${severity} ${state}`),
    ),
  );
  return { sqlstate, notices };
}

describe.skipIf(!PSQL).each([
  ['every command that changes something', [...ALTER, ...CREATE, ...CHANGE]],
  ['every way to begin and end a transaction', TRANSACTIONS],
])('%s', (_, rows) => {
  test.each(rows.map((row) => [row.name, row] as const))('%s does the same as in psql', async (name, row) => {
    const psql = await onCopy(row, (endpoint) => byPsql(row.sql, endpoint));
    const us = await onCopy(row, (endpoint) => byUs(row.sql, endpoint));
    const same = JSON.stringify(psql) === JSON.stringify(us);
    table.push(
      `${same ? 'same ' : 'OTHER'} ${(psql.sqlstate ?? 'ok').padEnd(5)} ${(us.sqlstate ?? 'ok').padEnd(5)} ${name}`,
    );
    expect(us).toEqual(psql);
  });
});
