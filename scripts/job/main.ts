import '../shared/quick-start.mjs';
import { resolve } from 'node:path';
import { startWatchdog } from '../shared/watchdog/start.mjs';
import { TRACE_WAITS } from '../tracing/beside/protocol.ts';
import { LOAD_WORKER, watchdogUrl } from './bundled-programs.ts';

/*
 * The engine as one program on the driver host: `run <job folder>` does a job, `load-worker` is the load process that the
 * engine starts for itself, `trace-waits <folder> <postgres> [owned]` the tracer beside a server. How a job went stands in its done.json; the exit code only tells a wrong call.
 */

const USAGE = 2;
/** Nothing should keep the process alive once its job is done; if something does, nobody waits for it. */
const LINGER_MS = 3_000;

const [mode, dir, ...rest] = process.argv.slice(2);
if (mode === LOAD_WORKER) {
  await import('../load/worker.ts');
} else if (mode === 'run' && dir !== undefined && rest.length === 0) {
  startWatchdog({ thread: watchdogUrl() });
  const { runJob } = await import('./run-job.ts');
  await runJob(resolve(dir)).finally(() => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), LINGER_MS).unref();
  });
} else if (mode === TRACE_WAITS && dir !== undefined && rest[0] !== undefined) {
  const stop = new AbortController();
  const end = (): void => {
    stop.abort(new Error('stopped'));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  // Its owner's end closes it.
  if (rest[1] === 'owned') process.stdin.on('close', end).on('end', end).resume();
  const { tellWaits } = await import('../tracing/beside/tell-waits.ts');
  await tellWaits(resolve(dir), rest[0], stop.signal);
  process.stdin.destroy();
} else {
  process.stderr.write('usage: <bundle> run <job folder>\n');
  process.exitCode = USAGE;
}
