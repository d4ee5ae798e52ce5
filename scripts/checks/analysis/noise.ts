import type { NoiseRecord, NoiseSecond } from '../../artifacts/records/noise-record.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import { groupBy } from '../../shared/group-by.ts';
import { listed } from '../wording.ts';

/** From this share of a machine's processor time on, what others take is no trifle. */
const STOLEN_SHARE = 0.25;
/** While more than this was idle, nobody went short because of them. */
const IDLE_SHARE = 0.1;

/** What others took of one machine, as means over some seconds; shares from 0 to 1 of the time of all its processors. */
interface Taken {
  readonly hosts: readonly string[];
  readonly seconds: number;
  readonly stealShare: number;
  readonly foreignShare: number;
}

/** Machine by machine, those that were taken away within a time: others had a quarter of them or more, and next to nothing was idle. */
export function takenWithin(noise: readonly NoiseRecord[] | undefined, { fromMs, toMs }: Interval): Taken[] {
  const within = secondsOf(noise).filter(({ tMs, forMs }) => tMs >= fromMs && tMs - forMs <= toMs);
  return machines(within)
    .filter(({ seconds }) => isTaken(seconds))
    .map(({ hosts, seconds }) => taken(hosts, seconds));
}

/** Machine by machine, of the whole run: how many of its seconds were taken, and what others had in these. */
export function takenSeconds(noise: readonly NoiseRecord[] | undefined): (Taken & { readonly of: number })[] {
  return machines(secondsOf(noise)).map(({ hosts, seconds }) => {
    const own = seconds.filter((second) => isTaken([second]));
    return { ...taken(hosts, own), of: seconds.length };
  });
}

/** `other processes took 63 % of the processors of driver and primary` */
export function takenText({ hosts, stealShare, foreignShare }: Taken): string {
  const who = [
    ...(foreignShare >= 0.01 ? [`other processes took ${percent(foreignShare)}`] : []),
    ...(stealShare >= 0.01 ? [`other guests of the machine below took ${percent(stealShare)} (steal)`] : []),
  ];
  return `${who.join(' and ')} of the processor time of ${listed([...hosts])}`;
}

const MOST_POINTS = 2000;

/** For the chart; of several seconds in one point the worst. */
export function noisePoints(noise: readonly NoiseRecord[] | undefined): NoisePoint[] {
  return machines(secondsOf(noise)).flatMap(({ hosts, seconds }) => {
    const size = Math.max(1, Math.ceil(seconds.length / MOST_POINTS));
    return seconds.flatMap((_, at): NoisePoint[] => {
      const some = at % size === 0 ? seconds.slice(at, at + size) : [];
      const [first] = some;
      return first === undefined ? [] : [{ tMs: first.tMs, hosts: [...hosts], ...worstOf(some) }];
    });
  });
}

interface NoisePoint extends Omit<NoiseSecond, 'type' | 'forMs' | 'hosts' | 'disk'> {
  readonly hosts: string[];
}

function worstOf(seconds: readonly NoiseSecond[]): Omit<NoisePoint, 'tMs' | 'hosts'> {
  const most = (of: (second: NoiseSecond) => number): number => Math.max(...seconds.map(of));
  const known = (of: (second: NoiseSecond) => number | null): number | null => {
    const values = seconds.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : Math.max(...values);
  };
  return {
    busyShare: most((second) => second.busyShare),
    stealShare: most((second) => second.stealShare),
    foreignShare: most((second) => second.foreignShare),
    cpuPressureShare: known((second) => second.cpuPressureShare),
    ioPressureShare: known((second) => second.ioPressureShare),
  };
}

export function secondsOf(noise: readonly NoiseRecord[] | undefined): NoiseSecond[] {
  return (noise ?? []).filter((record) => record.type === 'second');
}

/** Of each machine its seconds, in order. */
export function machines(
  seconds: readonly NoiseSecond[],
): { hosts: readonly string[]; seconds: readonly NoiseSecond[] }[] {
  return [...groupBy(seconds, ({ hosts }) => hosts.join(' ')).values()].map((own) => {
    return { hosts: own[0]?.hosts ?? [], seconds: own };
  });
}

function isTaken(seconds: readonly NoiseSecond[]): boolean {
  const stolen = mean(seconds, ({ stealShare, foreignShare }) => stealShare + foreignShare);
  const idle = 1 - mean(seconds, ({ busyShare, stealShare }) => busyShare + stealShare);
  return seconds.length > 0 && stolen >= STOLEN_SHARE && idle <= IDLE_SHARE;
}

function taken(hosts: readonly string[], seconds: readonly NoiseSecond[]): Taken {
  return {
    hosts,
    seconds: seconds.length,
    stealShare: mean(seconds, ({ stealShare }) => stealShare),
    foreignShare: mean(seconds, ({ foreignShare }) => foreignShare),
  };
}

function mean(seconds: readonly NoiseSecond[], of: (second: NoiseSecond) => number): number {
  const allMs = seconds.reduce((sum, { forMs }) => sum + forMs, 0);
  return allMs === 0 ? 0 : seconds.reduce((sum, second) => sum + of(second) * second.forMs, 0) / allMs;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
