import { performance } from 'node:perf_hooks';
import { ClosedLoop } from '../../scripts/load/closed-loop.ts';
import { ConnectionSlot } from '../../scripts/load/connection-slot.ts';
import { RequestRun } from '../../scripts/load/requests/request-run.ts';
import type { ParsedScript } from '../../scripts/load/scripts/script.ts';
import { TrafficMix } from '../../scripts/load/traffic/traffic-mix.ts';
import { Workload } from '../../scripts/load/traffic/workload.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';

/** To the program: open connections, then run slices, then end. */
export type ToSlices =
  | {
      readonly type: 'open';
      readonly endpoint: PgEndpoint;
      readonly script: ParsedScript;
      readonly connections: number;
    }
  | { readonly type: 'slice'; readonly ms: number }
  | { readonly type: 'close' };

export interface Slice {
  readonly tps: number;
  /** Processor time of the whole process. */
  readonly userMs: number;
  readonly systemMs: number;
  readonly ms: number;
}

/* The load process's own closed loop, in slices, so that a rival can run between them. */
let slots: ConnectionSlot[] = [];
let mix: TrafficMix | undefined;

process.on('message', (message: ToSlices) => {
  void handle(message);
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function handle(message: ToSlices): Promise<void> {
  if (message.type === 'open') {
    const { endpoint, script, connections } = message;
    const versions = [{ name: 'bench', scripts: [script] }];
    const workload = new Workload(versions, new Map(), process.pid);
    mix = new TrafficMix(versions, process.pid);
    const { signal } = new AbortController();
    slots = Array.from(
      { length: connections },
      (_, client) =>
        new ConnectionSlot(new RequestRun(workload, client, false), endpoint, signal, () => undefined),
    );
    await Promise.all(slots.map((slot) => slot.open()));
    process.send?.('open');
  } else if (message.type === 'slice') {
    process.send?.(await slice(message.ms));
  } else {
    await Promise.all(slots.map((slot) => slot.close()));
    process.disconnect();
  }
}

async function slice(ms: number): Promise<Slice> {
  const requests = mix;
  if (!requests) throw new Error('not open yet');
  const fromMs = performance.now();
  const before = process.cpuUsage();
  let left = slots.length;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const capacity = ClosedLoop.measure(slots, ms, {
    next: () => requests.next(),
    onFree: () => {
      left -= 1;
      if (left === 0) finish();
    },
    onLost: () => {
      throw new Error('a connection was lost');
    },
  });
  await finished;
  const { user, system } = process.cpuUsage(before);
  return {
    tps: (await capacity)?.perSec ?? 0,
    userMs: user / 1000,
    systemMs: system / 1000,
    ms: performance.now() - fromMs,
  };
}
