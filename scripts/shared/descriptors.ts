import type { ChildProcess, StdioOptions } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { devNull as NULL_DEVICE } from 'node:os';
import { PassThrough } from 'node:stream';

type Entry = Exclude<StdioOptions, string>[number];

/** O_CLOEXEC as /proc/<pid>/fdinfo shows it: octal (proc_pid_fdinfo(5)). */
const CLOSED_ON_EXEC = 0o2000000;

/** Both ends of pipes and what Node.js needs to start a child; and its four threads may take two each at the same moment. */
const CHILD_NEEDS = 16;

/** What a child needs, and a few folders that are listed at the same time. */
const RESERVE = 16;

let devNull: number | undefined;

/*
 * A limit that is reached while a child is started: `spawn` then leaves it without its streams, which whoever starts it takes
 * for a mistake of the program, and tells EMFILE to nobody, which ends the process. With something in the streams' place each
 * comes to its listener for errors.
 */
subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess };
  const streams = {
    stdin: new PassThrough().resume(),
    stdout: new PassThrough().end(),
    stderr: new PassThrough().end(),
  };
  Object.assign(child, streams, { stdio: Object.values(streams) }); // of a child that starts they are replaced
  child.on('error', () => undefined);
});

/**
 * Descriptors set aside while a run goes on, so that it can take down what it made also after its limit was reached.
 */
export class DescriptorReserve {
  readonly #held = openAtMost(RESERVE);

  release(): void {
    for (const fd of this.#held.splice(0)) closeSync(fd);
  }
}

/**
 * `stdio` for a child that shall not get what this process got from whoever started it: the lock file of `flock`, the socket of
 * an SSH agent. Node.js hands on every such descriptor; here each is /dev/null in the child. Where a caller's descriptor is
 * its lock, this process keeps it.
 * @throws EMFILE or ENFILE where there are too few descriptors left: `spawn` would tell that by an event that nobody can await
 */
export function withoutForeign<T extends Entry[]>(...stdio: T): T {
  const foreign = inheritable().filter((fd) => fd >= stdio.length);
  requireDescriptors(foreign.at(-1) ?? 0);
  const all: Entry[] = [...stdio];
  for (const fd of foreign) {
    while (all.length < fd) all.push('ignore');
    all.push((devNull ??= openSync('/dev/null', 'r+')));
  }
  // What follows is nobody's to read: for the types it is not there.
  return all as unknown as T;
}

/** The child itself opens some above the highest that it is to have. */
function requireDescriptors(highest: number): void {
  if (highest + CHILD_NEEDS > mostDescriptors()) {
    const lack = new Error(`EMFILE: too many open files, spawn with descriptor ${highest}`);
    throw Object.assign(lack, { code: 'EMFILE', syscall: 'spawn' });
  }
  const opened: number[] = [];
  try {
    while (opened.length < CHILD_NEEDS) opened.push(openSync(NULL_DEVICE, 'r'));
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** The soft limit (getrlimit(2)), which may be lowered while we run. */
function mostDescriptors(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** Fewer where no more may be opened. */
function openAtMost(count: number): number[] {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync(NULL_DEVICE, 'r'));
  } catch {
    // Whoever needs more of them says so.
  }
  return opened;
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
