import { Random } from '../load/chance/random.ts';
import type { PgClient } from '../pg/client.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import { plural } from '../shared/text/format.ts';
import { GAVE_WAY } from './endings.ts';
import { hotRows as findHotRows, type HotRows } from './hot-row-keys.ts';
import type { Play, Act } from './act.ts';

const WRITERS = 4;
const PAUSE_MS = 5;
/** undefined_table, undefined_column: the plan changed what the statement names. */
const OUTDATED = new Set(['42P01', '42703']);

/** Several sessions that change the same few rows, each a transaction of about 20 ms. */
export const hotRows: Play = async (act) => {
  const rows = { now: await findHotRows(act), updates: 0 };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(act, rows, writer)));
};

async function write(
  act: Act,
  rows: { now: HotRows | undefined; updates: number },
  writer: number,
): Promise<void> {
  const client = await act.connect();
  const random = new Random(act.seed, `actor ${act.actor}`, writer);
  while (!act.signal.aborted && rows.now !== undefined) {
    const { update, keys } = rows.now;
    const outcome = await change(client, update, keys[random.index(keys.length)] ?? []);
    if (outcome === 'outdated') rows.now = await findHotRows(act);
    else if (outcome === 'done') {
      rows.updates += 1;
      act.inPlace();
      act.note = plural(rows.updates, 'update');
    }
    await act.pause(PAUSE_MS);
  }
}

async function change(
  client: PgClient,
  update: string,
  key: readonly string[],
): Promise<'done' | 'gave way' | 'outdated'> {
  try {
    await client.query('begin');
    await client.query(update, [...key]);
    await client.query('select pg_sleep(0.02)');
    await client.query('commit');
    return 'done';
  } catch (error) {
    const sqlstate = sqlstateOf(error) ?? '';
    if (!GAVE_WAY.has(sqlstate) && !OUTDATED.has(sqlstate)) throw error;
    await client.query('rollback');
    return OUTDATED.has(sqlstate) ? 'outdated' : 'gave way';
  }
}
