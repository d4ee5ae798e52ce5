import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../../scripts/checks/advice.ts';
import { REMEDIES, remedyOf, type RemedyId } from '../../scripts/checks/advice/remedies/index.ts';
import { withConnection, type PgClient } from '../../scripts/pg/client.ts';
import { learnNames } from '../../scripts/pg/messages/learn-names.ts';
import { publicPgError } from '../../scripts/pg/pg-error.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { SETUP, troubleOf, type Act, type Play } from '../support/remedy-play.ts';
import { REMEDY_PLAYS } from '../support/remedy-plays.ts';

/* Every remedy of the catalogue on a real server: what fails gets it as its advice, and what it advises then works. */

let database: TestDatabase;
beforeAll(async () => {
  await loadAdvice();
  database = await startTestDatabase([
    { name: 'max_locks_per_transaction', value: '10' },
    { name: 'max_connections', value: '20' },
  ]);
});
afterAll(() => database.stop());

const all = Object.entries<Play>(REMEDY_PLAYS).map(([id, play]) => ({ id: id as RemedyId, play }));

test.each(all)('$id is told for the error that it mends', async ({ id, play }) => {
  await prepared(play, async (client, other) => {
    await learnNames(client);
    const error = await failureOf(play.fails, client, other);
    const said = publicPgError(error);
    expect(REMEDIES[id].sqlstates).toContain(said.sqlstate);
    expect(remedyOf(troubleOf(play, said))).toMatchObject({ id, advice: expect.any(String) as string });
  });
});

test.each(all)('what $id advises works', async ({ play }) => {
  await prepared(play, async (client, other) => {
    for (const act of play.works) await perform(act, client, other);
  });
});

async function failureOf(acts: readonly Act[], client: PgClient, other: PgClient): Promise<unknown> {
  for (const act of acts.slice(0, -1)) await perform(act, client, other);
  const last = acts.at(-1);
  if (last === undefined) throw new TypeError('nothing to play');
  return perform(last, client, other).then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}

async function perform(act: Act, client: PgClient, other: PgClient): Promise<void> {
  if (typeof act === 'string') await client.query(act);
  else await act(client, other);
}

async function prepared(
  { setup = '' }: Play,
  use: (client: PgClient, other: PgClient) => Promise<void>,
): Promise<void> {
  await withConnection(database.endpoint, 'setup', async (client) => client.query(`${SETUP}; ${setup}`));
  await withConnection(database.endpoint, 'app', (other) =>
    withConnection(database.endpoint, 'migration', (client) => use(client, other)),
  );
}
