import { execFileSync } from 'node:child_process';
import { readdirSync, statfsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../../scripts/shared/clock.ts';
import { processTree } from '../../support/hosts/process-tree.ts';
import type { RehearseProcess } from '../../support/rehearse-process.ts';
import type { TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { backends, send, servers, title } from './processes.ts';
import { STAGES, type Stage } from './rehearsals.ts';

/** How a run may end: exit codes, and what it says then. */
interface Ending {
  readonly codes: readonly (number | NodeJS.Signals)[];
  readonly says: RegExp;
}

export interface Fault {
  /** False where there was nothing to strike: the run ends as it would have. */
  strike(run: RehearseProcess, tiny: TinyRehearsal): Promise<boolean>;
  /** Undefined: the stage has nothing of that kind. */
  ending(stage: Stage): Ending | undefined;
}

const FILLER = 'filler';
const SUSPENDED_MS = 2_000;
const LOOK_MS = 20;
const LOOKS = 100;
const HAS_LOAD: readonly Stage[] = ['baseline', 'step sql', 'backfill', 'command'];
const HAS_SERVER: readonly Stage[] = ['restore', ...HAS_LOAD];
const WRITES: readonly Stage[] = ['restore', 'step sql'];

/** As it would have ended: on a busy machine the load may be late by itself. */
const UNHARMED: Ending = { codes: [0, 5], says: /PASS|docs\/checks\/generator/ };

/** One handler takes all signals: where the first is tried everywhere, the others need not be. */
const signal = (name: NodeJS.Signals, stages: readonly Stage[]): Fault => ({
  strike: (run) => {
    run.signal(name);
    return Promise.resolve(true);
  },
  ending: (stage) => {
    if (!stages.includes(stage)) return undefined;
    // Everything is down by then, and the signal may end the process, which a shell shows as 130 too.
    return stage === 'judging'
      ? { codes: [130, name], says: /nothing left behind/ }
      : { codes: [130], says: /interrupted/ };
  },
});

const killed = (pids: (run: RehearseProcess, tiny: TinyRehearsal) => number[]): Fault['strike'] => {
  return async (run, tiny) => {
    let found = pids(run, tiny);
    for (let looks = 0; found.length === 0 && looks < LOOKS; looks++) {
      await sleep(LOOK_MS);
      found = pids(run, tiny);
    }
    for (const pid of found) send(pid, 'SIGKILL');
    return found.length > 0;
  };
};

export const FAULTS: Readonly<Record<string, Fault>> = {
  SIGINT: signal('SIGINT', STAGES),
  SIGTERM: signal('SIGTERM', ['environment', 'step sql', 'judging']),
  SIGHUP: signal('SIGHUP', ['restore', 'teardown']),
  'tool killed': {
    strike: (run) => {
      run.signal('SIGKILL');
      return Promise.resolve(true);
    },
    ending: () => ({ codes: ['SIGKILL'], says: /./ }),
  },
  'load killed': {
    strike: killed(({ pid }) => processTree(pid).filter((one) => /load[-/]worker/.test(title(one)))),
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
      if (stage === 'restore') return UNHARMED; // nothing is measured yet
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
      // The probes end only just before the teardown begins.
      if (stage === 'teardown') return { codes: [0, 5], says: /PASS|stood still|generator/ };
      return HAS_LOAD.includes(stage) ? { codes: [5], says: /stood still/ } : UNHARMED;
    },
  },
  'disk full': {
    strike: (_, { tmp }) => fill(tmp),
    ending: (stage) => (WRITES.includes(stage) ? { codes: [3], says: /error DISK_FULL/ } : undefined),
  },
  'run folder full': {
    strike: (_, { dir }) => fill(join(dir, 'runs')),
    ending: (stage) =>
      stage === 'baseline' || stage === 'judging'
        ? { codes: [3], says: /error DISK_FULL: the disk is full \(.*runs\b.*\)/ }
        : undefined,
  },
  'no descriptors': {
    strike: (run) => {
      const open = readdirSync(`/proc/${run.pid}/fd`).length;
      execFileSync('prlimit', ['--pid', String(run.pid), `--nofile=${open}:${open}`]);
      return Promise.resolve(true);
    },
    // Once the load runs, the tool may need no further file at all, and then ends as it would have.
    ending: (stage) =>
      stage === 'environment' || stage === 'restore'
        ? { codes: [3], says: /error OUT_OF_DESCRIPTORS/ }
        : { codes: [0, 3, 5], says: /error OUT_OF_DESCRIPTORS|^PASS|generator/m },
  },
};

async function fill(folder: string): Promise<boolean> {
  const { bavail, bsize } = statfsSync(folder);
  try {
    await writeFile(join(folder, FILLER), Buffer.alloc(bavail * bsize));
  } catch (error) {
    // The run goes on writing meanwhile, so that it may be full before all is written.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return true;
}

/** Undoes what a fault leaves behind on purpose. */
export async function mend({ dir, tmp }: TinyRehearsal): Promise<void> {
  for (const folder of [tmp, join(dir, 'runs')]) await rm(join(folder, FILLER), { force: true });
}
