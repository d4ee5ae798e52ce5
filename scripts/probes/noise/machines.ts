import type { DiskSecond, NoiseSecond } from '../../artifacts/records/noise-record.ts';
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
        disk: diskSecond(hosts, forMs),
      },
    ];
  });
}

/** Of several hosts on one machine the first with a disk counts: its server's. */
function diskSecond(hosts: readonly HostSpan[], forMs: number): DiskSecond | null {
  const [from, to] =
    hosts.map(({ from, to }) => [from.disk, to.disk] as const).find(([, to]) => to !== null) ?? [];
  if (from == null || to == null || from.device !== to.device) return null;
  const own = hosts.map(({ from: a, to: b }) => {
    return a.ownIoBytes === null || b.ownIoBytes === null ? null : Math.max(0, b.ownIoBytes - a.ownIoBytes);
  });
  const known = own.filter((bytes) => bytes !== null);
  return {
    operations: Math.max(0, to.operations - from.operations),
    movedBytes: Math.max(0, to.movedBytes - from.movedBytes),
    discardedBytes: Math.max(0, to.discardedBytes - from.discardedBytes),
    queuedMs: Math.max(0, to.queuedMs - from.queuedMs),
    busyShare: within((to.busyMs - from.busyMs) / forMs),
    ownBytes: known.length < own.length ? null : known.reduce((sum, bytes) => sum + bytes, 0),
  };
}

function within(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
}
