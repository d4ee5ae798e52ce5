import { serveLoad } from '../../../scripts/load/driver-hosts/serve-load.ts';

/* Serves load processes as another driver host does, and tells its port to whoever forked this process. */
process.once('message', (options: Parameters<typeof serveLoad>[0]) => {
  void serveLoad(options).then(({ port }) => process.send?.({ port }));
});
