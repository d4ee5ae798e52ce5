import { CHAIN_POLL_MS } from '../artifacts/polling.ts';
import { LockTracer } from '../tracing/lock-tracer.ts';
import { localServer } from '../tracing/local-server.ts';
import { asError } from '../shared/errors.ts';
import { uprobesBeside } from './uprobes-beside.ts';
import type { WaitSourceKind } from './wait-source.ts';

/** The server's own kernel tells: this process where it is root there, else a tracer that is beside the server. */
export const uprobes: WaitSourceKind = {
  tier: 'uprobes',
  resolutionMs: 0.01,
  pollMs: CHAIN_POLL_MS,
  open: async (client, news) => {
    const here = await localServer(client).catch(asError);
    if (here instanceof Error) {
      return uprobesBeside(client, news).catch((error: unknown) => {
        throw new Error(`${here.message}, and ${asError(error).message}`, { cause: error });
      });
    }
    const tracer = await LockTracer.start(here, news);
    return {
      follow: (pid) => tracer.watchReleases([pid]),
      stop: () => tracer.stop(),
    };
  },
};
