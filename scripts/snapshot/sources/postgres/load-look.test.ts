import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../plan/schema/schema-limits.ts';
import { LoadJudge, type LoadLook } from './load-look.ts';

const QUIET: LoadLook = {
  activeSessions: 7,
  ioWaits: 1,
  replicationLagMs: 200,
  blocked: 0,
  ownWaits: 0,
  heldTransactions: 12,
};

/** What each of so many looks says, a second apart. */
function judged(looks: readonly Partial<LoadLook>[]): (string | undefined)[] {
  const judge = new LoadJudge(DEFAULT_LIMITS);
  return looks.map((look) => judge.add({ ...QUIET, ...look }));
}

function times(count: number, look: Partial<LoadLook>): Partial<LoadLook>[] {
  return Array.from({ length: count }, () => look);
}

describe('a dump of a live server', () => {
  it.each([
    [{ activeSessions: 140 }, '140 sessions were active there (limits.activeSessions: 100)'],
    [{ ioWaits: 21 }, '21 sessions waited for IO there (limits.ioWaits: 20)'],
    [{ replicationLagMs: 31_000 }, 'the replica was 31.0 s behind (limits.replicationLag: 30.0 s)'],
    [{ blocked: 1 }, '1 session there waited for its locks (limits.blocking: 5.00 s)'],
  ])('is given up for %j that lasts for five seconds', (look, why) => {
    expect(judged(times(5, look))).toEqual([undefined, undefined, undefined, undefined, why]);
  });

  it('goes on through peaks that pass', () => {
    const peaks = [
      ...times(4, { activeSessions: 500, blocked: 3 }),
      {},
      ...times(4, { activeSessions: 500 }),
    ];
    expect(judged(peaks).filter(Boolean)).toEqual([]);
  });

  it('never waits long for a lock, whatever pg_dump does to get it', () => {
    expect(judged(times(3, { ownWaits: 1 })).at(-1)).toBe(
      'it had to wait for a lock of somebody else (limits.lockWait: 500 ms)',
    );
  });

  it('goes on where the user may not see the load', () => {
    const unseen = { activeSessions: null, ioWaits: null, replicationLagMs: null };
    expect(judged(times(9, unseen)).filter(Boolean)).toEqual([]);
  });
});
