import { loadAdvice } from '../../scripts/checks/advice.ts';
import type { RemedyId } from '../../scripts/checks/advice/remedies/index.ts';
import { startTestDatabase } from '../support/database.ts';
import { isProven, playRemedy, REMEDY_SERVER, type Played } from '../support/remedies/play-remedy.ts';
import { REMEDY_PLAYS } from '../support/remedies/remedy-plays.ts';
import { printHeadline, printTable } from './support/print.ts';

/*
 * Every entry of the catalogue of remedies, twice on a real server beside traffic: as it fails, where a report has to give this remedy,
 * and as the remedy says, where nothing may fail any more. docs/remedies.md shows the SQL of both.
 */

await loadAdvice();
const database = await startTestDatabase(REMEDY_SERVER);
const all: { id: RemedyId; played: Played }[] = [];
try {
  for (const id of Object.keys(REMEDY_PLAYS) as RemedyId[])
    all.push({ id, played: await playRemedy(database.endpoint, id) });
} finally {
  await database.stop();
}
printTable(
  'each remedy as it fails and as it is followed, beside reads and writes of the table',
  ['remedy', 'fails with', 'followed', 'requests beside it', 'failed'],
  all.map(({ id, played: { sqlstate, told, stillFails, requests, failedRequests } }) => [
    id,
    `${sqlstate ?? 'nothing'}${told === id ? '' : `, told ${told ?? 'nothing'}`}`,
    stillFails ?? 'works',
    requests,
    failedRequests,
  ]),
);
const proven = all.filter(({ id, played }) => isProven(id, played)).length;
if (proven < all.length) process.exitCode = 1;
printHeadline({ remedies: all.length, proven, notProven: all.length - proven });
