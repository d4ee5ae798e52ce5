import type { NoiseSecond } from '../../artifacts/records/noise-record.ts';
import { groupBy } from '../../shared/group-by.ts';
import type { Reading } from './reading.ts';

/** One host at the beginning and the end of a second. */
export interface HostSpan {
  readonly host: string;
  readonly from: Reading;
  readonly to: Reading;
}

/** Machine by machine; hosts under one kernel are one, and what each of them calls its own is not foreign there. */
export function machinesOf(spans: readonly HostSpan[]): Omit<NoiseSecond, 'type' | 'tMs'>[] {
  const whole = spans.filter(({ from, to }) => from.bootId === to.bootId && to.totalTicks > from.totalTicks);
  return [...groupBy(whole, ({ to }) => to.bootId).values()].flatMap((hosts) => {
    const [first] = hosts;
    if (first === undefined) return [];
    const { from, to } = first;
    const share = (ticks: number): number => within(ticks / (to.totalTicks - from.totalTicks));
    const forMs = to.atMs - from.atMs;
    const busy = to.totalTicks - from.totalTicks - (to.idleTicks - from.idleTicks);
    const stolen = to.stealTicks - from.stealTicks;
    const own = hosts.reduce((sum, one) => sum + Math.max(0, one.to.ownTicks - one.from.ownTicks), 0);
    const pressure = (key: 'cpuPressureUs' | 'ioPressureUs'): number | null => {
      const [a, b] = [from[key], to[key]];
      return a === null || b === null ? null : within((b - a) / 1000 / forMs);
    };
    return [
      {
        forMs,
        hosts: hosts.map(({ host }) => host),
        busyShare: share(busy - stolen),
        stealShare: share(stolen),
        foreignShare: share(busy - stolen - own),
        cpuPressureShare: pressure('cpuPressureUs'),
        ioPressureShare: pressure('ioPressureUs'),
      },
    ];
  });
}

function within(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
}
