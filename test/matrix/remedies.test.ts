import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../../scripts/checks/advice.ts';
import { isProven, playRemedy, REMEDY_SERVER } from '../support/remedies/play-remedy.ts';
import type { RemedyId } from '../../scripts/checks/advice/remedies/index.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { REMEDY_PLAYS } from '../support/remedies/remedy-plays.ts';

/*
 * Every remedy of the catalogue on a real server beside traffic: what fails gets it as its advice, and what it advises then works
 * and fails no request. `npm run bench:remedies` plays the same.
 */

let database: TestDatabase;
beforeAll(async () => {
  await loadAdvice();
  database = await startTestDatabase(REMEDY_SERVER);
});
afterAll(() => database.stop());

const ids = Object.keys(REMEDY_PLAYS) as RemedyId[];

test.each(ids)('%s is told for the error that it mends, and works', async (id) => {
  const played = await playRemedy(database.endpoint, id);
  expect(played).toMatchObject({ told: id, isClaimed: true, stillFails: null, failedRequests: 0 });
  expect(isProven(id, played)).toBe(true);
});
