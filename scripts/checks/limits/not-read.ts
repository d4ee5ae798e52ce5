import type { NotAsked } from '../../artifacts/records/of-plan/rollback-records.ts';
import { formatCount } from '../../shared/text/format.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { listed } from '../wording.ts';

/** SELECTs of the version before of which nobody knows whether they can read all that the new one wrote; undefined = there are none. */
export function notRead({ rollback }: Pick<Evidence, 'rollback'>): string | undefined {
  const last = (rollback ?? []).findLast((record) => record.type === 'unreadable');
  const told = new Map<string, string[]>();
  for (const one of last?.notAsked ?? []) {
    const why = reason(one);
    told.set(why, [...(told.get(why) ?? []), one.statement]);
  }
  const parts = [...told].map(([why, statements]) => `${listed([...new Set(statements)])} (${why})`);
  if (parts.length === 0) return undefined;
  return `Whether the version before can read all that the new one wrote was not asked, or not with every key, by ${parts.join('; by ')}.`;
}

function reason({ why, sqlstate, asked = 0 }: NotAsked): string {
  switch (why) {
    case 'no-key':
      return 'finds its rows by more than keys';
    case 'behind-write':
      return 'hangs on what a statement that writes gives back';
    case 'slow':
      return 'finding the keys of what was written took too long';
    case 'refused':
      return `finding the keys of what was written was refused with ${sqlstate ?? 'an error'}`;
    case 'left-over':
      return `${formatCount(asked)} keys were asked, and more were left over`;
  }
}
