import type { ProgramSymbols } from './elf-symbols.ts';

/*
 * The events that tell when a backend waits for a lock, and when it gives its locks back. The functions, and the layout of
 * LOCALLOCKTAG, which ProcSleep's first argument begins with, are the same from PostgreSQL 13 to 18
 * (src/backend/storage/lmgr/proc.c, lock.c, src/include/storage/lock.h).
 *
 * Only functions that few transactions pass: each costs a trap. ProcSleep is entered to wait, and returns with the lock or at a
 * deadlock; a timeout or a cancel leaves it by an error, whose clean-up takes the backend out of the queue by
 * RemoveFromWaitQueue. (LockErrorCleanup itself is passed at the end of every transaction.) Who has just been granted ACCESS
 * EXCLUSIVE on a relation, waiting or not, tells standbys of it by LogAccessExclusiveLock, unless wal_level is minimal.
 *
 * Whose event it is stands in the backend's own variables: its pid as PostgreSQL knows it, whatever pid namespace it is in, and the
 * microsecond at which its server was started, which tells it from other servers of the same program.
 */

export const TRACED_FUNCTIONS = [
  'ProcSleep',
  'RemoveFromWaitQueue',
  'LogAccessExclusiveLock',
  'LockReleaseAll',
] as const;

/** globals.c and timestamp.c: `int MyProcPid`, `TimestampTz PgStartTime`. */
export const READ_VARIABLES = ['MyProcPid', 'PgStartTime'] as const;

/** Only events of the server that was started then, in microseconds since 2000-01-01 UTC. */
export function ofServer(startedAtUs: number): string {
  return `server == ${startedAtUs}`;
}

/** The end of a transaction gives back ordinary locks, then calls LockReleaseAll for advisory ones: by then the others are free. */
export const RELEASED_ALL = 'method == 2'; // USER_LOCKMETHOD

const ARGUMENTS: Record<ProgramSymbols['architecture'], readonly [first: string, second: string]> = {
  'x86-64': ['%di', '%si'],
  arm64: ['%x0', '%x1'],
};

/** The lines for uprobe_events, by the name of the event. */
export function lockEvents(
  group: string,
  binary: string,
  { architecture, offsets, addresses }: ProgramSymbols,
): Map<string, string> {
  const [first, second] = ARGUMENTS[architecture];
  const event = (
    name: string,
    kind: 'p' | 'r',
    traced: (typeof TRACED_FUNCTIONS)[number],
    more = '',
  ): [string, string] => {
    const offset = offsets.get(traced) ?? 0;
    // The kernel adds it to where the file would begin in memory by the place of this function.
    const start = (addresses.get(traced) ?? 0) - offset;
    const [pid, server] = READ_VARIABLES.map((variable) => hex((addresses.get(variable) ?? 0) - start));
    const fields = `backend=@+${pid}:s32 server=@+${server}:s64${more}`;
    return [name, `${kind}:${group}/${name} ${binary}:${hex(offset)} ${fields}`];
  };
  return new Map([
    event(
      'wait',
      'p',
      'ProcSleep',
      ` database=+0(${first}):u32 relation=+4(${first}):u32 locktype=+14(${first}):u8 mode=+16(${first}):s32`,
    ),
    event('awake', 'r', 'ProcSleep', ' status=$retval:s32'),
    event('removed', 'p', 'RemoveFromWaitQueue'),
    event('granted', 'p', 'LogAccessExclusiveLock', ` database=${first}:u32 relation=${second}:u32`),
    event('released', 'p', 'LockReleaseAll', ` method=${first}:u16`),
  ]);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
