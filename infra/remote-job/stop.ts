import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import type { OpenConnection } from '../ssh/open-connection.ts';
import type { SteadyConnection } from '../ssh/steady-connection.ts';
import { aliveOf, recordedProcesses } from './remote-process.ts';

const POLL_MS = 100;
const AFTER_KILL_MS = 5_000;

/**
 * Ends the job's process: asked first, killed with all its children after `graceMs`. A job that does not run is no error.
 * @throws DRIVER_FAILED, HOST_UNREACHABLE
 */
export async function stopDriver(
  steady: SteadyConnection,
  { dir, graceMs, signal }: { dir: string; graceMs: number; signal: AbortSignal },
): Promise<void> {
  const startedAtMs = monotonicMs();
  const asked = new Set<number>();
  let killed = false;
  await steady.use(async (connection) => {
    for (;;) {
      const alive = await aliveOf(connection, await recordedProcesses(connection, dir));
      const elapsedMs = monotonicMs() - startedAtMs;
      if (alive.length === 0) return;
      if (elapsedMs > graceMs + AFTER_KILL_MS) throw stillThere(alive);
      if (elapsedMs > graceMs && !killed) {
        await killGroups(connection, alive);
        killed = true;
      }
      for (const { pid } of alive.filter((one) => !asked.has(one.pid))) {
        await connection.exec(`kill -s TERM ${pid}`);
        asked.add(pid);
      }
      await sleep(POLL_MS, signal);
    }
  });
}

/** The driver leads a group of its own; one that was started by hand may not. */
async function killGroups(connection: OpenConnection, processes: readonly ProcessIdentity[]): Promise<void> {
  for (const { pid } of processes) await connection.exec(`kill -s KILL -- -${pid} || kill -s KILL ${pid}`);
}

function stillThere(alive: readonly ProcessIdentity[]): RehearsalError {
  const pids = alive.map(({ pid }) => pid).join(', ');
  return new RehearsalError(
    'DRIVER_FAILED',
    `process ${pids} on the driver host does not end, also when it is killed`,
    {
      hint: 'it hangs in the kernel; removing the host (rehearse reap --execute) ends it',
    },
  );
}
