import { sleep } from '../../scripts/shared/clock.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { HostOutput } from '../environment-stack.ts';
import type { HostTarget } from '../contract/hosts.ts';

/** Ahead of the news that a step failed, which takes the lost server 1.5 s. */
const INTERVAL_MS = 500;

/**
 * Looks after the hosts until `stop` aborts; `failed` aborts with HOST_DIED when one has gone, OUT_OF_MEMORY
 * when the kernel killed a process for its host's memory limit.
 */
export function watchHosts(
  target: Pick<HostTarget, 'alive' | 'memoryKills'>,
  hosts: readonly HostOutput[],
  stop: AbortSignal,
  intervalMs = INTERVAL_MS,
): AbortSignal {
  const failed = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      for (const host of hosts) {
        if (!(await target.alive(host.identity))) throw hostDied(host);
        if (((await target.memoryKills?.(host.identity)) ?? 0) > 0) throw outOfMemory(host);
      }
      await sleep(intervalMs, stop);
    }
  };
  watch().catch((error: unknown) => {
    if (!stop.aborted) failed.abort(asError(error));
  });
  return failed.signal;
}

function hostDied({ role, address }: HostOutput): RehearsalError {
  return new RehearsalError('HOST_DIED', `the ${role} host (${address}) is gone`, {
    hint: 'if nobody ended it, look for the kernel’s out-of-memory killer (dmesg), or give it more memory under hosts',
  });
}

function outOfMemory({ role, address }: HostOutput): RehearsalError {
  const message = `the ${role} host (${address}) used up its memory limit, and the kernel killed a process of it`;
  return new RehearsalError('OUT_OF_MEMORY', message, {
    hint: `raise hosts.${role}.memory, or let the plan take less: work_mem, maintenance_work_mem, rows held in one value`,
  });
}
