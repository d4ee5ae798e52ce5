import { GONE } from './endings.ts';
import type { Play } from './act.ts';

const BREATH_MS = 5;

/**
 * VACUUM that does not give way, as autovacuum against wraparound: SHARE UPDATE EXCLUSIVE for as long as a pass takes. The cost
 * delay makes a pass over a small table last as one over a large table does.
 */
export const vacuum: Play = async (act) => {
  const client = await act.connect();
  await client.query("set vacuum_cost_delay = '100ms'");
  await client.query('set vacuum_cost_limit = 1');
  for (let round = 1; !act.signal.aborted; round++) {
    const name = await act.tableName();
    if (name === undefined) {
      act.note = GONE;
      return;
    }
    const pass = client.query(`vacuum (freeze, disable_page_skipping) ${name}`);
    if (round > 1) await pass;
    else await act.inPlaceWith(client, 'ShareUpdateExclusiveLock', pass);
    await act.pause(BREATH_MS);
  }
};
