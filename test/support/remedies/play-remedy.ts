import { REMEDIES, remedyOf, type RemedyId } from '../../../scripts/checks/advice/remedies/index.ts';
import { withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { learnNames } from '../../../scripts/pg/messages/learn-names.ts';
import { publicPgError } from '../../../scripts/pg/pg-error.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { SETUP, troubleOf, type Act, type Play } from './remedy-play.ts';
import { REMEDY_PLAYS } from './remedy-plays.ts';

/** What came of one entry of the catalogue, played on a real server beside traffic on the table. */
export interface Played {
  /** Of the failing play; null where it did not fail with an error of PostgreSQL. */
  readonly sqlstate: string | null;
  /** The remedy that a report gives for that error. */
  readonly told: RemedyId | null;
  /** Whether the error that came is among those that the entry claims. */
  readonly isClaimed: boolean;
  /** What went wrong although the remedy was followed. */
  readonly stillFails: string | null;
  /** Of the traffic while the remedy was followed and right after. */
  readonly requests: number;
  readonly failedRequests: number;
}

const PAUSE_MS = 2;
const AFTERWARDS_MS = 30;

/** A server needs few locks and connections for it: see the settings in `REMEDY_SERVER`. */
export async function playRemedy(endpoint: PgEndpoint, id: RemedyId): Promise<Played> {
  const play: Play = REMEDY_PLAYS[id];
  let failure: Pick<Played, 'sqlstate' | 'told' | 'isClaimed'> | undefined;
  await prepared(endpoint, play, async (client, other) => {
    await learnNames(client);
    const said = publicPgError(await errorOf(play.fails, client, other));
    const told = remedyOf(troubleOf(play, said))?.id ?? null;
    const isClaimed = said.sqlstate !== null && REMEDIES[id].sqlstates.some((each) => each === said.sqlstate);
    failure = { sqlstate: said.sqlstate, told, isClaimed };
  });
  if (failure === undefined) throw new Error('the failing play was not played');
  let stillFails: string | null = null;
  const traffic = await prepared(endpoint, play, async (client, other) => {
    const error = await errorOf(play.works, client, other);
    stillFails = error === null ? null : publicPgError(error).message;
  });
  return { ...failure, stillFails, ...traffic };
}

export function isProven(id: RemedyId, played: Played): boolean {
  const isTold = played.told === id && played.isClaimed;
  return isTold && played.stillFails === null && played.requests > 0 && played.failedRequests === 0;
}

/** Small enough that limits are met. */
export const REMEDY_SERVER = [
  { name: 'max_locks_per_transaction', value: '10' },
  { name: 'max_connections', value: '20' },
];

/** The error of the first act that fails; null where none does. */
async function errorOf(acts: readonly Act[], client: PgClient, other: PgClient): Promise<unknown> {
  try {
    for (const act of acts) await (typeof act === 'string' ? client.query(act) : act.does(client, other));
    return null;
  } catch (error) {
    return error;
  }
}

interface Traffic {
  readonly requests: number;
  readonly failedRequests: number;
}

async function prepared(
  endpoint: PgEndpoint,
  { setup = '' }: Play,
  use: (client: PgClient, other: PgClient) => Promise<void>,
): Promise<Traffic> {
  await withConnection(endpoint, 'setup', async (client) => client.query(`${SETUP}; ${setup}`));
  return withConnection(endpoint, 'app', (load) =>
    withConnection(endpoint, 'app', (other) =>
      withConnection(endpoint, 'migration', (client) => beside(load, () => use(client, other))),
    ),
  );
}

/** Reads and writes the table all the while, and a moment longer. */
async function beside(load: PgClient, use: () => Promise<void>): Promise<Traffic> {
  const told = { isOver: false, requests: 0, failedRequests: 0 };
  const traffic = (async () => {
    while (!told.isOver) {
      await load
        .query('select id from t where id = 1; update t set id = id where id = 2')
        .catch(() => (told.failedRequests += 1));
      told.requests += 1;
      await sleep(PAUSE_MS);
    }
  })();
  try {
    await use();
    await sleep(AFTERWARDS_MS);
  } finally {
    told.isOver = true;
    await traffic;
  }
  const { requests, failedRequests } = told;
  return { requests, failedRequests };
}
