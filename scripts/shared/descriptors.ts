import { openSync, readdirSync, readFileSync } from 'node:fs';
import type { StdioOptions } from 'node:child_process';

type Entry = Exclude<StdioOptions, string>[number];

/** O_CLOEXEC as /proc/<pid>/fdinfo shows it: octal (proc_pid_fdinfo(5)). */
const CLOSED_ON_EXEC = 0o2000000;

let devNull: number | undefined;

/**
 * `stdio` for a child that shall not get what this process got from whoever started it: the lock file of `flock`, the socket of
 * an SSH agent. Node.js hands on every such descriptor; here each is /dev/null in the child. Where a caller's descriptor is
 * its lock, this process keeps it.
 */
export function withoutForeign<T extends Entry[]>(...stdio: T): T {
  const foreign = inheritable().filter((fd) => fd >= stdio.length);
  const all: Entry[] = [...stdio];
  for (const fd of foreign) {
    while (all.length < fd) all.push('ignore');
    all.push((devNull ??= openSync('/dev/null', 'r+')));
  }
  // What follows is nobody's to read: for the types it is not there.
  return all as unknown as T;
}

/** Ascending. Those that Node.js opened by itself are closed on exec. */
function inheritable(): number[] {
  if (process.platform === 'win32') return [];
  const isLinux = process.platform === 'linux';
  try {
    return readdirSync(isLinux ? '/proc/self/fdinfo' : '/dev/fd')
      .map(Number)
      .filter((fd) => !isLinux || staysOpen(fd))
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function staysOpen(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSED_ON_EXEC) === 0;
  } catch {
    return false; // the one that listed the folder
  }
}
