import { sleep } from '../../scripts/shared/clock.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { HostOutput } from '../environment.ts';
import type { HostTarget } from '../targets/hosts.ts';

const INTERVAL_MS = 1_000;

/** Looks after the hosts once a second until `stop` aborts; `failed` aborts with HOST_DIED when one has gone. */
export function watchHosts(
  target: Pick<HostTarget, 'alive'>,
  hosts: readonly HostOutput[],
  stop: AbortSignal,
  intervalMs = INTERVAL_MS,
): AbortSignal {
  const failed = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      for (const host of hosts) {
        if (!(await target.alive(host.identity))) throw hostDied(host);
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
