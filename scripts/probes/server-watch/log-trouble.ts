/** What a server's own log says about its end or its host. Of its text nothing is kept: ERROR and DETAIL quote rows. */
export type LogTrouble =
  | { readonly kind: 'crash'; readonly pid: number; readonly signal: number }
  | { readonly kind: 'disk-full' | 'descriptors' | 'memory' };

/** LogChildExit in postmaster.c: `client backend (PID 4711) was terminated by signal 9: Killed`; the name differs by version. */
const CRASH = /\bLOG: {2}.+ \(PID (\d+)\) was terminated by signal (\d+)/;
/** `could not …: strerror`, as every failed call of the operating system is told; LOG: by background processes that go on. */
const FAILED_CALL =
  /\b(?:LOG|WARNING|ERROR|FATAL|PANIC): {2}(?:could not .*|out of file descriptors): (No space left on device|Disk quota exceeded|Too many open files(?: in system)?|Cannot allocate memory)$/;
/** MemoryContextAlloc; `out of shared memory` is the lock table. */
const OUT_OF_MEMORY = /\b(?:ERROR|FATAL): {2}out of memory$/;
/** PostgreSQL closes other files and tries again (fd.c): nobody notices. */
const GOES_ON = /\bLOG: {2}out of file descriptors/;

/** The first trouble in each line that has one. */
export function troublesIn(lines: readonly string[]): LogTrouble[] {
  return lines.flatMap((line) => troubleIn(line) ?? []);
}

function troubleIn(line: string): LogTrouble | undefined {
  const crash = CRASH.exec(line);
  if (crash) return { kind: 'crash', pid: Number(crash[1]), signal: Number(crash[2]) };
  if (OUT_OF_MEMORY.test(line)) return { kind: 'memory' };
  if (GOES_ON.test(line)) return undefined;
  const why = FAILED_CALL.exec(line)?.[1];
  if (why === undefined) return undefined;
  if (why.startsWith('Too many')) return { kind: 'descriptors' };
  return { kind: why.startsWith('Cannot') ? 'memory' : 'disk-full' };
}
