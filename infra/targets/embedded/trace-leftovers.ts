import { removeGroup, unclaimedGroups } from '../../../scripts/tracing/abandoned.ts';
import { abandonedGroups } from '../../../scripts/tracing/group-claim.ts';
import { openTracefs, type Tracefs } from '../../../scripts/tracing/tracefs.ts';
import type { Leftover, NotOurs } from '../../contract/target.ts';

const WHAT = 'trace events in the kernel';

/** Events in the kernel of runs that were killed while they traced their server; none where this process may not look. */
export async function findTraces(target: string): Promise<Leftover[]> {
  if (process.getuid?.() !== 0) return [];
  return (await abandonedGroups()).map((group) => ({
    target,
    runId: group,
    what: WHAT,
    expiresAt: null,
    inUse: false,
    ownerDied: true,
    remove: async () => {
      await withTracefs(({ path }) => removeGroup(path, group));
    },
  }));
}

export async function tracesNotOurs(): Promise<NotOurs[]> {
  const groups = (await withTracefs(({ path }) => unclaimedGroups(path))) ?? [];
  return groups.map((group) => ({ what: `${WHAT} named ${group}`, why: 'they have no claim' }));
}

/** Undefined where there is no tracefs to be had: without it nobody traced either. */
async function withTracefs<T>(use: (tracefs: Tracefs) => Promise<T>): Promise<T | undefined> {
  const tracefs = await openTracefs().catch(() => undefined);
  if (tracefs === undefined) return undefined;
  try {
    return await use(tracefs);
  } finally {
    await tracefs.close();
  }
}
