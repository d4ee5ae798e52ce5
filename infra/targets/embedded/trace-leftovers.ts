import { abandonedGroups, removeGroup } from '../../../scripts/tracing/abandoned.ts';
import { openTracefs, type Tracefs } from '../../../scripts/tracing/tracefs.ts';
import type { Leftover } from '../target.ts';

/** Events in the kernel of runs that were killed while they traced their server; none where this process may not look. */
export async function findTraces(target: string): Promise<Leftover[]> {
  const groups = await withTracefs(({ path }) => abandonedGroups(path));
  return (groups ?? []).map((group) => ({
    target,
    runId: group,
    what: 'trace events in the kernel',
    ...{ expiresAt: null, inUse: false, ownerDied: true },
    remove: async () => {
      await withTracefs(({ path }) => removeGroup(path, group));
    },
  }));
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
