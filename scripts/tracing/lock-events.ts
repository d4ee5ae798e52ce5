import type { Architecture } from './elf-symbols.ts';

/*
 * The events that tell when a backend waits for a lock, and when it gives its locks back. The functions and the layout of
 * LOCALLOCKTAG, which ProcSleep's first argument begins with, are the same from PostgreSQL 13 to 18
 * (src/backend/storage/lmgr/proc.c, lock.c, src/include/storage/lock.h).
 */

export const TRACED_FUNCTIONS = ['ProcSleep', 'LockErrorCleanup', 'LockReleaseAll'] as const;

const FIRST_ARGUMENT: Record<Architecture, string> = { 'x86-64': '%di', arm64: '%x0' };

/** The lines for uprobe_events, by the name of the event. */
export function lockEvents(
  group: string,
  binary: string,
  architecture: Architecture,
  offsets: ReadonlyMap<string, number>,
): Map<string, string> {
  const at = (name: string): string => `${binary}:0x${(offsets.get(name) ?? 0).toString(16)}`;
  const tag = FIRST_ARGUMENT[architecture];
  return new Map([
    [
      'wait',
      `p:${group}/wait ${at('ProcSleep')} database=+0(${tag}):u32 relation=+4(${tag}):u32 locktype=+14(${tag}):u8 mode=+16(${tag}):s32`,
    ],
    ['awake', `r:${group}/awake ${at('ProcSleep')} status=$retval:s32`],
    // A wait that a timeout, a cancel or a deadlock ends leaves ProcSleep by an error.
    ['cleanup', `p:${group}/cleanup ${at('LockErrorCleanup')}`],
    ['released', `r:${group}/released ${at('LockReleaseAll')}`],
  ]);
}
