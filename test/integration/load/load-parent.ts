import { startLoad, type LoadOptions } from '../../../scripts/load/start-load.ts';

/* Starts a load and tells its pid to whoever forked this process: to see what happens when a controller is killed. */
process.once('message', (options: Pick<LoadOptions, 'endpoint' | 'spec' | 'scripts' | 'requestsPath'>) => {
  const load = startLoad({
    ...options,
    pools: new Map(),
    zeroMs: 0,
    signal: new AbortController().signal,
    onSecond: () => undefined,
    onEvent: () => undefined,
  });
  load.then(
    ({ pid }) => process.send?.({ pid }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
