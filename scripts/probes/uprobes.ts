import { CHAIN_POLL_MS } from '../artifacts/polling.ts';
import { LockTracer } from '../tracing/lock-tracer.ts';
import { localServer } from '../tracing/local-server.ts';
import type { WaitSourceKind } from './wait-source.ts';

/** The kernel tells, where it is the server's own kernel and this process is root. */
export const uprobes: WaitSourceKind = {
  tier: 'uprobes',
  resolutionMs: 0.01,
  pollMs: CHAIN_POLL_MS,
  open: async (client, news) => {
    const tracer = await LockTracer.start(await localServer(client), news);
    return {
      follow: (pid) => tracer.watchReleases([pid]),
      stop: () => tracer.stop(),
    };
  },
};
