import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../../scripts/shared/clock.ts';
import { killTree, processTree } from '../../support/process-tree.ts';
import type { RehearseProcess } from '../../support/rehearse-process.ts';
import type { TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import type { Stage } from './rehearsals.ts';

/** How a run may end: exit codes, and what it says then. */
export interface Ending {
  readonly codes: readonly (number | NodeJS.Signals)[];
  readonly says: RegExp;
}

export interface Fault {
  /** False where there was nothing to strike: the run ends as it would have. */
  strike(run: RehearseProcess, tiny: TinyRehearsal): Promise<boolean>;
  /** Undefined: the stage has nothing of that kind. */
  ending(stage: Stage): Ending | undefined;
}

const SUSPENDED_MS = 2_500;
const IS_OVER: readonly Stage[] = ['teardown', 'judging'];
const HAS_LOAD: readonly Stage[] = ['baseline', 'step sql', 'backfill', 'command'];
const HAS_SERVER: readonly Stage[] = ['restore', ...HAS_LOAD];
const WRITES: readonly Stage[] = ['restore', 'step sql'];

const signal = (name: NodeJS.Signals): Fault => ({
  strike: (run) => {
    run.signal(name);
    return Promise.resolve(true);
  },
  // One that came too late for everything changes nothing.
  ending: (stage) =>
    stage === 'judging'
      ? { codes: [0, 130, name], says: /interrupted|nothing left behind/ }
      : { codes: [130], says: /interrupted/ },
});

const killed = (pids: (run: RehearseProcess, tiny: TinyRehearsal) => number[]): Fault['strike'] => {
  return (run, tiny) => {
    const found = pids(run, tiny);
    for (const pid of found) send(pid, 'SIGKILL');
    return Promise.resolve(found.length > 0);
  };
};

export const FAULTS: Readonly<Record<string, Fault>> = {
  SIGINT: signal('SIGINT'),
  SIGTERM: signal('SIGTERM'),
  SIGHUP: signal('SIGHUP'),
  'tool killed': {
    strike: (run) => {
      killTree(run.pid);
      return Promise.resolve(true);
    },
    ending: (stage) => ({ codes: stage === 'judging' ? [0, 'SIGKILL'] : ['SIGKILL'], says: /./ }),
  },
  'load killed': {
    strike: killed(({ pid }) => processTree(pid).filter((one) => /load\/worker/.test(title(one)))),
    ending: (stage) => (HAS_LOAD.includes(stage) ? { codes: [3], says: /error LOAD_DIED/ } : undefined),
  },
  'server killed': {
    strike: killed((_, tiny) => servers(tiny)),
    ending: (stage) => (HAS_SERVER.includes(stage) ? { codes: [3], says: /error POSTGRES_DIED/ } : undefined),
  },
  'backend killed': {
    strike: killed((_, tiny) => backends(tiny).slice(0, 1)),
    ending: (stage) =>
      HAS_SERVER.includes(stage) ? { codes: [3], says: /error (BACKEND_KILLED|POSTGRES_DIED)/ } : undefined,
  },
  'server suspended': {
    strike: async (_, tiny) => {
      const pids = servers(tiny).flatMap((pid) => processTree(pid));
      for (const pid of pids) send(pid, 'SIGSTOP');
      await sleep(SUSPENDED_MS);
      for (const pid of pids) send(pid, 'SIGCONT');
      return pids.length > 0;
    },
    ending: (stage) => {
      if (stage === 'restore') return { codes: [0], says: /PASS/ }; // nothing is measured yet
      if (stage === 'baseline') return { codes: [3, 5], says: /were away|did not answer/ };
      return HAS_SERVER.includes(stage) ? { codes: [5], says: /did not answer/ } : undefined;
    },
  },
  'tool suspended': {
    strike: async (run) => {
      run.signal('SIGSTOP');
      await sleep(SUSPENDED_MS);
      run.signal('SIGCONT');
      return true;
    },
    ending: (stage) => {
      if (stage === 'baseline') return { codes: [3, 5], says: /were away|stood still/ };
      return HAS_LOAD.includes(stage) ? { codes: [5], says: /stood still/ } : { codes: [0], says: /PASS/ };
    },
  },
  'disk full': {
    strike: async (_, tiny) => {
      const { bavail, bsize } = statfsSync(tiny.tmp);
      await writeFile(join(tiny.tmp, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - 2 ** 20)));
      return true;
    },
    ending: (stage) => (WRITES.includes(stage) ? { codes: [3], says: /error DISK_FULL/ } : undefined),
  },
  'no descriptors': {
    strike: (run) => {
      const open = readdirSync(`/proc/${run.pid}/fd`).length;
      execFileSync('prlimit', ['--pid', String(run.pid), `--nofile=${open}:${open}`]);
      return Promise.resolve(true);
    },
    // What needs no further file comes to its end.
    ending: (stage) =>
      IS_OVER.includes(stage)
        ? undefined
        : { codes: [0, 3], says: /PASS|error (OUT_OF_DESCRIPTORS|LOAD_DIED|CONNECTION_FAILED|\w+)/ },
  },
};

/** Undoes what a fault leaves behind on purpose. */
export async function mend(tiny: TinyRehearsal): Promise<void> {
  await rm(join(tiny.tmp, 'filler'), { force: true });
}

function servers(tiny: TinyRehearsal): number[] {
  return tiny.processes().filter((pid) => exe(pid).endsWith('/postgres'));
}

function backends(tiny: TinyRehearsal): number[] {
  return servers(tiny)
    .flatMap((pid) => processTree(pid))
    .filter((pid) => /^postgres: .* rehearsal 127/.test(title(pid)));
}

function title(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function exe(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}
