import type { Architecture } from './elf-symbols.ts';

/*
 * The events that tell when a backend waits for a lock, and when it gives its locks back. The functions, and the layout of
 * LOCALLOCKTAG, which ProcSleep's first argument begins with, are the same from PostgreSQL 13 to 18
 * (src/backend/storage/lmgr/proc.c, lock.c, src/include/storage/lock.h).
 *
 * Only functions that few transactions pass: each costs a trap. ProcSleep is entered to wait, and returns with the lock or at a
 * deadlock; a timeout or a cancel leaves it by an error, whose clean-up takes the backend out of the queue by
 * RemoveFromWaitQueue. (LockErrorCleanup itself is passed at the end of every transaction.) Who has just been granted ACCESS
 * EXCLUSIVE on a relation, waiting or not, tells standbys of it by LogAccessExclusiveLock, unless wal_level is minimal.
 */

export const TRACED_FUNCTIONS = [
  'ProcSleep',
  'RemoveFromWaitQueue',
  'LogAccessExclusiveLock',
  'LockReleaseAll',
] as const;

/** The end of a transaction gives back ordinary locks, then calls LockReleaseAll for advisory ones: by then the others are free. */
export const RELEASED_ALL = 'method == 2'; // USER_LOCKMETHOD

const ARGUMENTS: Record<Architecture, readonly [first: string, second: string]> = {
  'x86-64': ['%di', '%si'],
  arm64: ['%x0', '%x1'],
};

/** The lines for uprobe_events, by the name of the event. */
export function lockEvents(
  group: string,
  binary: string,
  architecture: Architecture,
  offsets: ReadonlyMap<string, number>,
): Map<string, string> {
  const at = (name: string): string => `${binary}:0x${(offsets.get(name) ?? 0).toString(16)}`;
  const [first, second] = ARGUMENTS[architecture];
  return new Map([
    [
      'wait',
      `p:${group}/wait ${at('ProcSleep')} database=+0(${first}):u32 relation=+4(${first}):u32 locktype=+14(${first}):u8 mode=+16(${first}):s32`,
    ],
    ['awake', `r:${group}/awake ${at('ProcSleep')} status=$retval:s32`],
    ['removed', `p:${group}/removed ${at('RemoveFromWaitQueue')}`],
    [
      'granted',
      `p:${group}/granted ${at('LogAccessExclusiveLock')} database=${first}:u32 relation=${second}:u32`,
    ],
    ['released', `p:${group}/released ${at('LockReleaseAll')} method=${first}:u16`],
  ]);
}
