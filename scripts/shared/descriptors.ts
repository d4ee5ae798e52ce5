import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import type { StdioOptions } from 'node:child_process';
import { devNull as NULL_DEVICE } from 'node:os';

type Entry = Exclude<StdioOptions, string>[number];

/** O_CLOEXEC as /proc/<pid>/fdinfo shows it: octal (proc_pid_fdinfo(5)). */
const CLOSED_ON_EXEC = 0o2000000;

/** Pipes and what Node.js needs to start a child. */
const CHILD_NEEDS = 10;

let devNull: number | undefined;

/**
 * `stdio` for a child that shall not get what this process got from whoever started it: the lock file of `flock`, the socket of
 * an SSH agent. Node.js hands on every such descriptor; here each is /dev/null in the child. Where a caller's descriptor is
 * its lock, this process keeps it.
 * @throws EMFILE or ENFILE where there are too few descriptors left: `spawn` would tell that by an event that nobody can await
 */
export function withoutForeign<T extends Entry[]>(...stdio: T): T {
  requireDescriptors();
  const foreign = inheritable().filter((fd) => fd >= stdio.length);
  const all: Entry[] = [...stdio];
  for (const fd of foreign) {
    while (all.length < fd) all.push('ignore');
    all.push((devNull ??= openSync('/dev/null', 'r+')));
  }
  // What follows is nobody's to read: for the types it is not there.
  return all as unknown as T;
}

function requireDescriptors(): void {
  const opened: number[] = [];
  try {
    while (opened.length < CHILD_NEEDS) opened.push(openSync(NULL_DEVICE, 'r'));
  } finally {
    for (const fd of opened) closeSync(fd);
  }
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
