import { expect, it } from 'vitest';
import { reap } from './reap.ts';
import type { Leftover } from './targets/target.ts';

it('removes what is left over, goes on after a failure, and leaves alone what is in use', async () => {
  const removed: string[] = [];
  const leftover = (runId: string, inUse: boolean, error?: Error): Leftover => ({
    ...{ target: 'embedded', runId, what: `folder ${runId}`, expiresAt: null, inUse, ownerDied: !inUse },
    remove: () => {
      if (error) return Promise.reject(error);
      removed.push(runId);
      return Promise.resolve();
    },
  });
  const stuck = leftover('stuck', false, new Error('busy'));
  const dead = leftover('dead', false);
  expect(await reap([stuck, leftover('alive', true), dead])).toEqual({
    removed: [dead],
    failed: [{ leftover: stuck, error: new Error('busy') }],
  });
  expect(removed).toEqual(['dead']);
});
