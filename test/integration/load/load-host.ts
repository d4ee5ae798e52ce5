import { serveLoad } from '../../../scripts/load/driver-hosts/serve-load.ts';
import { readOwnHost } from '../../../scripts/probes/noise/own-host.ts';

/* Serves load processes as another driver host does, and tells its port to whoever forked this process. */
process.once('message', (options: Omit<Parameters<typeof serveLoad>[0], 'look'>) => {
  void serveLoad({ ...options, look: readOwnHost }).then(({ port }) => process.send?.({ port }));
});
