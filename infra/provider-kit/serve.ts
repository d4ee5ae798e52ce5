import type { Provider } from '@pulumi/pulumi/provider/provider.js';
import { main } from '@pulumi/pulumi/provider/server.js';
import { Calls } from './calls.ts';
import { onEngineEnd } from './engine-end.ts';
import { EngineLog } from './engine-log.ts';

/** Time for the last answer to reach the engine. */
const LINGER_MS = 200;

/** What a provider gets from the process around it. */
export interface Plugin {
  readonly log: EngineLog;
  readonly calls: Calls;
}

/**
 * Serves a provider to the engine whose address is the first argument. A cancel, a signal and the engine's death all stop
 * the calls in flight; after the last two the process ends by itself as soon as those calls have cleaned up.
 */
export async function serve(make: (plugin: Plugin) => Provider, args = process.argv.slice(2)): Promise<void> {
  // When the engine is gone, so are the readers of both pipes; writing to them must not end a clean-up.
  for (const pipe of [process.stdout, process.stderr]) pipe.on('error', () => undefined);
  showOnlyCrashes();
  const engineAddress = args.find((arg) => /^(\[[^\]]+\]|[^-[:][^:]*):\d+$/.test(arg));
  const calls = new Calls();
  const log = new EngineLog(engineAddress);
  const end = (why: string) => (): void => {
    calls.cancel(why);
    void calls.idle().then(async () => {
      await log.flushed();
      // The SDK's server cannot be closed and keeps the process alive.
      // eslint-disable-next-line no-restricted-syntax
      setTimeout(() => process.exit(), LINGER_MS);
    });
  };
  onEngineEnd(engineAddress, end('cancelled: the engine has ended'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end(`cancelled by ${signal}`));
  const provider = make({ log, calls });
  await main(
    Object.assign(provider, {
      cancel: (): Promise<void> => {
        calls.cancel('cancelled');
        return Promise.resolve();
      },
    }),
    args,
  );
}

/** The SDK's server prints the stack of every call that failed, though the engine shows the message: only bugs are worth that. */
function showOnlyCrashes(): void {
  console.error = (): void => undefined;
  for (const event of ['uncaughtExceptionMonitor', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      process.stderr.write(
        `${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`,
      );
    });
  }
}
