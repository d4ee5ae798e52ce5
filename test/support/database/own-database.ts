import { afterAll, beforeAll } from 'vitest';
import { connect, type PgClient } from '../../../scripts/pg/client.ts';
import { startTestDatabase, type TestDatabase } from '../database.ts';

interface OwnDatabase {
  readonly database: TestDatabase;
  /** A session that makes what the tests look at. */
  readonly setup: PgClient;
}

/** A database of the calling test file's own, there while its tests run; reading it before that throws. */
export function ownDatabase(): OwnDatabase {
  let started: OwnDatabase | undefined;
  const there = (): OwnDatabase => {
    if (started === undefined) throw new Error('the database is not started before the first test');
    return started;
  };
  beforeAll(async () => {
    const database = await startTestDatabase();
    started = { database, setup: await connect(database.endpoint, 'setup') };
  });
  afterAll(async () => {
    await started?.setup.end();
    await started?.database.stop();
  });
  return {
    get database() {
      return there().database;
    },
    get setup() {
      return there().setup;
    },
  };
}
