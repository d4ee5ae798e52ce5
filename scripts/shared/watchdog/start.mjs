import { SHARE_ENV, Worker } from 'node:worker_threads';

const BEAT_MS = 250;
const STILL_MS = 10_000;

/**
 * Watches this process from a thread of its own: when its event loop has stood still for 10 s it says where, removes what the
 * run has made (`reap`: a command line that takes `--run <id> --execute`; none where somebody else does that) and ends the
 * process with exit code 1. Returns what ends the watch.
 * @param {{ reap?: string[], thread?: URL }} options
 */
export function startWatchdog({ reap, thread = new URL('./thread.mjs', import.meta.url) } = {}) {
  const beats = new SharedArrayBuffer(4);
  const beat = new Int32Array(beats);
  const worker = new Worker(thread, {
    workerData: { beats, stillMs: STILL_MS, reap },
    env: SHARE_ENV,
    execArgv: [],
  });
  // A machine that cannot start threads has no watchdog, and its runs go on without.
  worker.on('error', () => undefined);
  worker.unref();
  const timer = setInterval(() => Atomics.add(beat, 0, 1), BEAT_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    void worker.terminate();
  };
}
