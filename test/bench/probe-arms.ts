import { readFile } from 'node:fs/promises';
import type { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import type { WaitTier } from '../../scripts/artifacts/records/wait-records.ts';
import { closeQuietly, connect } from '../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import type { LockWatch, WatchTarget } from '../../scripts/probes/lock-watch.ts';
import { waitSources } from '../../scripts/probes/wait-sources.ts';
import { Cleanup } from '../../scripts/shared/cleanup.ts';
import { openStepContext } from '../support/replay/step-context.ts';

/** Probes that are open as they are during a rehearsal, and look while a part of the plan is in flight. */
export interface Probes {
  /** Begins to look; what it returns ends it. */
  look(): Promise<() => Promise<void>>;
  /** Processor time of this process and of the probes' sessions until now, in ms. */
  cpuMs(): Promise<number>;
  close(): Promise<void>;
}

export type Open = () => Promise<Probes>;

export const noProbes: Open = () =>
  Promise.resolve({
    look: () => Promise.resolve(() => Promise.resolve()),
    cpuMs: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  });

/**
 * The probes of one tier, and no better one. `isWatched`: for a statement in a session of its own that takes longer than a
 * moment, so that its locks and their release are looked at too; else as during a backfill. Polls where this machine does not
 * have the tier.
 */
export function probesOf(tier: WaitTier, isWatched: boolean, endpoint: PgEndpoint, folder: RunFolder): Open {
  return async () => {
    const cleanup = new Cleanup();
    const close = async (): Promise<void> => {
      const [failure] = await cleanup.run();
      if (failure) throw failure.error;
    };
    const sources = waitSources({ REHEARSE_WAITS: tier }).filter((kind) => kind.tier === tier);
    const { watch } = await openStepContext(endpoint, folder, cleanup, undefined, sources);
    const session = await connect(endpoint, 'migration');
    cleanup.add('session', () => closeQuietly(session));
    const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid ?? 0;
    const target: WatchTarget = {
      step: 'bench',
      heldBy: isWatched ? pid : null,
      heldAfterMs: isWatched ? 20 : 0,
    };
    const { rows: probes } = await session.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'rehearse/probe'`,
    );
    return {
      look: () => looking(watch, target),
      cpuMs: async () => {
        const sessions = await Promise.all(probes.map((probe) => cpuOf(probe.pid)));
        const { user, system } = process.cpuUsage();
        return (user + system) / 1000 + sessions.reduce((sum, ms) => sum + ms, 0);
      },
      close,
    };
  };
}

/** The tier that the probes took in `folder` the last time that they were opened. */
export async function tierTaken(folder: RunFolder): Promise<WaitTier | undefined> {
  const records = (await folder.read('exact-waits')) ?? [];
  return records.findLast((record) => record.type === 'tier')?.tier;
}

async function looking(watch: LockWatch, target: WatchTarget): Promise<() => Promise<void>> {
  let end: () => void = () => undefined;
  let watching = Promise.resolve();
  await new Promise<void>((begun) => {
    const work = (): Promise<void> =>
      new Promise((resolve) => {
        end = resolve;
        begun();
      });
    watching = watch.during(target, work);
  });
  return async () => {
    end();
    await watching;
  };
}

/** The kernel's count of what a process has run, in ms (proc(5), schedstat: nanoseconds on the processor come first). */
async function cpuOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8');
  return Number(text.split(' ')[0]) / 1e6;
}
