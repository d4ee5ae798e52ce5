import { expect, it } from 'vitest';
import { findNotOurs, reap, sweep } from './reap.ts';
import type { Leftover, Look, Target } from './contract/target.ts';

/** A target of which only its looks are asked for. */
function target(name: string, leftovers: () => Promise<Look<Leftover>>): Target {
  const unused = (): never => {
    throw new Error('not asked for');
  };
  return {
    name,
    leftovers,
    notOurs: async () => ({ found: [], unseen: (await leftovers()).unseen }),
    available: unused,
    confines: unused,
    environment: unused,
    price: unused,
  };
}

it('looks at the other targets when one throws, hangs, or could look at a part only', async () => {
  const here: Leftover = {
    target: 'partly',
    runId: 'demo',
    what: 'folder /x',
    expiresAt: null,
    inUse: false,
    ownerDied: true,
    remove: () => Promise.resolve(),
  };
  const targets = [
    target('throws', () => {
      throw new Error('no token');
    }),
    target('rejects', () => Promise.reject(new Error('its API does not answer'))),
    target('hangs', () => new Promise(() => undefined)),
    target('partly', () =>
      Promise.resolve({ found: [here], unseen: [{ target: 'partly', why: 'region eu is away' }] }),
    ),
    target('well', () => Promise.resolve({ found: [{ ...here, target: 'well' }], unseen: [] })),
  ];
  const unseen = [
    { target: 'throws', why: 'no token' },
    { target: 'rejects', why: 'its API does not answer' },
    { target: 'hangs', why: 'looking there took longer than 0.05 s' },
    { target: 'partly', why: 'region eu is away' },
  ];
  expect(await sweep({ targets, limitMs: 50 })).toEqual({
    found: [here, { ...here, target: 'well' }],
    unseen,
  });
  expect(await findNotOurs({ targets, limitMs: 50 })).toEqual({ found: [], unseen });
});

it('removes what is left over, goes on after a failure, and leaves alone what is in use', async () => {
  const removed: string[] = [];
  const leftover = (runId: string, inUse: boolean, error?: Error): Leftover => ({
    target: 'embedded',
    runId,
    what: `folder ${runId}`,
    expiresAt: null,
    inUse,
    ownerDied: !inUse,
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
