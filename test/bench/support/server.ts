import type { PgSetting } from '../../../scripts/plan/model.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

/** What keeps a server from having a bad second in the middle of a slice. */
const STEADY: readonly PgSetting[] = [
  { name: 'shared_buffers', value: '512MB' },
  { name: 'max_wal_size', value: '4GB' },
  { name: 'checkpoint_timeout', value: '30min' },
];

/**
 * A PostgreSQL of its own for one bench, on 127.0.0.1: the one from npm, or this machine's by its major version.
 * Nothing remains of it after `stop`.
 */
function startBenchServer(settings: readonly PgSetting[] = [], version?: number): Promise<TestDatabase> {
  return startTestDatabase([...STEADY, ...settings], version);
}

/** Runs `use` with such a server, which ends on every way out. */
export async function withBenchServer<T>(
  use: (database: TestDatabase) => Promise<T>,
  settings: readonly PgSetting[] = [],
  version?: number,
): Promise<T> {
  const database = await startBenchServer(settings, version);
  try {
    return await use(database);
  } finally {
    await database.stop();
  }
}
