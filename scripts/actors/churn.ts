import { Random } from '../load/chance/random.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import { asError } from '../shared/errors.ts';
import { formatCount, plural } from '../shared/text/format.ts';
import type { Play, Act } from './act.ts';

const CONNECTIONS_PER_SEC = 20;
/** As long as so many are still being opened, no more are: the server cannot follow. */
const MOST_AT_ONCE = 20;
const TOO_MANY_CONNECTIONS = '53300';

/** An app without a pool: a connection for each request, opened and closed at a rate. */
export const churn: Play = async (act) => {
  const random = new Random(act.seed, `actor ${act.actor}`);
  const open = new Set<Promise<void>>();
  const count = { opened: 0, refused: 0 };
  let failure: Error | undefined;
  while (!act.signal.aborted && failure === undefined) {
    if (open.size < MOST_AT_ONCE) {
      const visit = once(act, count)
        .catch((error: unknown) => {
          failure ??= asError(error);
        })
        .finally(() => open.delete(visit));
      open.add(visit);
    }
    await act.pause((-Math.log(1 - random.unit()) * 1000) / CONNECTIONS_PER_SEC);
  }
  await Promise.all(open);
  if (failure) throw failure;
};

async function once(act: Act, count: { opened: number; refused: number }): Promise<void> {
  try {
    await act.disconnect(await act.connect());
    count.opened += 1;
    act.inPlace();
  } catch (error) {
    if (sqlstateOf(asError(error).cause) !== TOO_MANY_CONNECTIONS) throw error;
    count.refused += 1;
  }
  const refused = count.refused === 0 ? '' : `, ${formatCount(count.refused)} refused`;
  act.note = `${plural(count.opened, 'connection')}${refused}`;
}
