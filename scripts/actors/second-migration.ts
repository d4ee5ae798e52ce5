import { Random } from '../load/chance/random.ts';
import type { PgClient } from '../pg/client.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import { plural } from '../shared/text/format.ts';
import { GAVE_WAY, GONE } from './endings.ts';
import type { Play } from './act.ts';

const PAUSE_MS = 1000;

/** Somebody else's migration: ACCESS EXCLUSIVE on the same table for a moment, again and again, each time rolled back. */
export const secondMigration: Play = async (act) => {
  const client = await act.connect();
  const random = new Random(act.seed, `actor ${act.actor}`);
  let rounds = 0;
  let gaveWay = 0;
  while (!act.signal.aborted) {
    const name = await act.tableName();
    if (name === undefined) {
      act.note = GONE;
      return;
    }
    if (await alter(client, name)) rounds += 1;
    else gaveWay += 1;
    await client.query('rollback');
    // Behind others it only stands in the queue, and that is a part as well.
    act.inPlace();
    const vain = gaveWay === 0 ? '' : `, ${plural(gaveWay, 'try', 'tries')} in vain`;
    act.note = `${plural(rounds, 'change')}${vain}`;
    await act.pause(PAUSE_MS * (0.5 + random.unit()));
  }
};

/** False where it gave way to others. */
async function alter(client: PgClient, name: string): Promise<boolean> {
  try {
    await client.query("begin; set local lock_timeout = '200ms'");
    await client.query(`alter table ${name} add column rehearse_second_migration int`);
    await client.query('select pg_sleep(0.1)');
    return true;
  } catch (error) {
    if (GAVE_WAY.has(sqlstateOf(error) ?? '')) return false;
    throw error;
  }
}
