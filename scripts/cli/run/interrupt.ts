import { monotonicMs } from '../../shared/clock.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import type { CliContext } from '../context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm forwards the signal that the terminal has sent us already; so close together they are one. */
const SAME_SIGNAL_MS = 400;

/**
 * The first signal aborts `stop` with INTERRUPTED, which takes everything down; the second leaves at once.
 * Returns what stops listening.
 */
export function abortOnSignals(
  { io, out }: CliContext,
  stop: AbortController,
  beforeExit: () => void,
): () => void {
  let firstMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const nowMs = monotonicMs();
    if (firstMs === undefined) {
      firstMs = nowMs;
      out.problem('interrupted: tearing down (Ctrl-C again to leave at once)');
      stop.abort(new RehearsalError('INTERRUPTED', `the run was stopped by ${signal}`));
    } else if (nowMs - firstMs > SAME_SIGNAL_MS) {
      beforeExit();
      out.problem(
        'left at once: servers and folders of this run may remain; rehearse reap --execute removes them',
      );
      io.exitNow?.(EXIT.interrupted);
    }
  };
  for (const signal of SIGNALS) io.signals?.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) io.signals?.off(signal, onSignal);
  };
}
