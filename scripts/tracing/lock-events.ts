import type { Architecture } from './elf-symbols.ts';

/*
 * The events that tell when a backend waits for a lock, and when it gives its locks back. The functions and the layout of
 * LOCALLOCKTAG, which ProcSleep's first argument begins with, are the same from PostgreSQL 13 to 18
 * (src/backend/storage/lmgr/proc.c, lock.c, src/include/storage/lock.h).
 */

export const TRACED_FUNCTIONS = ['ProcSleep', 'LockErrorCleanup', 'LockReleaseAll'] as const;

/** Only for who wants the moment of a grant itself; every lock of every backend passes here, which costs. */
export const ACQUIRE_FUNCTION = 'LockAcquireExtended';

const FIRST_ARGUMENT: Record<Architecture, string> = { 'x86-64': '%di', arm64: '%x0' };
const THIRD_ARGUMENT: Record<Architecture, string> = { 'x86-64': '%dx', arm64: '%x2' };
const SECOND_ARGUMENT: Record<Architecture, string> = { 'x86-64': '%si', arm64: '%x1' };

/** The lines for uprobe_events, by the name of the event. */
export function lockEvents(
  group: string,
  binary: string,
  architecture: Architecture,
  offsets: ReadonlyMap<string, number>,
): Map<string, string> {
  const at = (name: string): string => `${binary}:0x${(offsets.get(name) ?? 0).toString(16)}`;
  const tag = FIRST_ARGUMENT[architecture];
  const events = new Map([
    [
      'wait',
      `p:${group}/wait ${at('ProcSleep')} database=+0(${tag}):u32 relation=+4(${tag}):u32 locktype=+14(${tag}):u8 mode=+16(${tag}):s32`,
    ],
    ['awake', `r:${group}/awake ${at('ProcSleep')} status=$retval:s32`],
    // A wait that a timeout, a cancel or a deadlock ends leaves ProcSleep by an error.
    ['cleanup', `p:${group}/cleanup ${at('LockErrorCleanup')}`],
    ['release', `p:${group}/release ${at('LockReleaseAll')}`],
    ['released', `r:${group}/released ${at('LockReleaseAll')}`],
  ]);
  if (offsets.has(ACQUIRE_FUNCTION)) {
    const mode = SECOND_ARGUMENT[architecture];
    events.set(
      'acquire',
      `p:${group}/acquire ${at(ACQUIRE_FUNCTION)} relation=+4(${tag}):u32 locktype=+14(${tag}):u8 mode=${mode}:s32 session=${THIRD_ARGUMENT[architecture]}:u8`,
    );
    events.set('acquired', `r:${group}/acquired ${at(ACQUIRE_FUNCTION)} status=$retval:s32`);
  }
  return events;
}
