import type { DiskSecond, NoiseRecord, NoiseSecond } from '../../../artifacts/records/noise-record.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/text/format.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { listed } from '../../wording.ts';
import { machines, secondsOf } from '../noise.ts';

/** From this share of a second on that somebody waited for a disk, it may have held somebody up. */
const WAITED_SHARE = 0.2;
/** A second in which a disk did less than this part of its best one of the run, in bytes and in operations, was a slow one. */
const SLOW = 0.5;
/** Less than this part of what it moved in its best second is little to ask. */
const LITTLE = 0.25;
/** What any disk writes within a second: no more than this is little, however small the best second was. */
const LITTLE_BYTES = 16e6;
/** A request that stood at the disk so many times as long as usual, and no less than this, stood still. */
const MUCH_LONGER = 5;
const STOOD_MS = 10;
/** A disk that had something to do for this part of a second and ended less than this part of its usual operations did nothing. */
const MUCH_BUSY = 0.5;
const HARDLY = 0.05;
/** Others had the disk where this part of what it moved was theirs, and no less than so much a second. */
const OTHERS_SHARE = 0.75;
const OTHERS_BYTES = 8e6;
/** A disk that stands still for longer, behind so long a time of much own work, may have run out of what it gives at once. */
const EXHAUSTED_MS = 5_000;
const EFFORT_MS = 10_000;

/** Some seconds in a row in which a disk did not do what little the rehearsal asked of it. */
export interface DiskStall extends Interval {
  readonly hosts: readonly string[];
  readonly why: 'stood-still' | 'others';
  /** Means over these seconds, and for one of its operations the time it stood there. */
  readonly movedBytesPerSec: number;
  readonly ownBytesPerSec: number;
  readonly operationsPerSec: number;
  readonly operationMs: number;
  /** What the disk did in its best seconds of the run. */
  readonly best: { readonly movedBytesPerSec: number; readonly operationsPerSec: number };
}

/** A second of which all is known, as rates. */
interface Second extends Interval, Omit<DiskStall, 'why' | 'hosts' | 'best'> {
  readonly waitedShare: number;
  readonly busyShare: number;
  readonly discardedBytesPerSec: number;
  /** What the rehearsal gave to be written and the disk had not written when the second began. */
  readonly backlogBytes: number;
}

/** Machine by machine, in order. Empty where it was not recorded, or a kernel does not tell what is whose. */
export function diskStalls(noise: readonly NoiseRecord[] | undefined): DiskStall[] {
  return machines(secondsOf(noise)).flatMap(({ hosts, seconds }) => stallsOf(hosts, rates(seconds)));
}

function stallsOf(hosts: readonly string[], seconds: readonly Second[]): DiskStall[] {
  const best = {
    movedBytesPerSec: Math.max(0, ...seconds.map(({ movedBytesPerSec }) => movedBytesPerSec)),
    operationsPerSec: Math.max(0, ...seconds.map(({ operationsPerSec }) => operationsPerSec)),
  };
  const usual = usualOf(seconds);
  const seen = seconds.map((second): DiskStall['why'] | undefined => {
    if (second.waitedShare < WAITED_SHARE) return undefined;
    if (isOthers(second)) return 'others';
    const isStanding = (isSlow(second, best) && stoodStill(second, best, usual)) || didNothing(second, usual);
    return isStanding ? 'stood-still' : undefined;
  });
  const whys = [...seen];
  // A stall begins and ends within a second in which much came through besides.
  for (const [at, second] of seconds.entries()) {
    const beside = [at - 1, at + 1].filter((other) => seen[other] === 'stood-still');
    if (seen[at] !== undefined || beside.length === 0) continue;
    const isEdge = beside.some((other) => seconds[other] && didNothing(seconds[other], usual))
      ? tookLong(second, usual) || didLess(second, usual, SLOW)
      : stoodStill(second, best, usual);
    if (isEdge) whys[at] = 'stood-still';
  }
  const stalls: DiskStall[] = [];
  for (let at = 0; at < seconds.length; at++) {
    const why = whys[at];
    if (why === undefined) continue;
    let end = at;
    while (whys[end + 1] === why) end += 1;
    const own = seconds.slice(at, end + 1);
    const before = seconds.slice(0, at);
    if (why === 'others' || !isExhausted(own, before, best)) stalls.push(stall(hosts, why, own, best));
    at = end;
  }
  return stalls;
}

/** Most of what the disk moved was asked for by nobody here since the load began. */
function isOthers({ movedBytesPerSec, ownBytesPerSec, backlogBytes, fromMs, toMs }: Second): boolean {
  const own = ownBytesPerSec + (backlogBytes * 1000) / (toMs - fromMs);
  const others = movedBytesPerSec - own;
  return others >= OTHERS_BYTES && others >= OTHERS_SHARE * movedBytesPerSec;
}

/** What a removed file had may be the plan's as well: a disk that discards does something. */
function isSlow(second: Second, best: DiskStall['best']): boolean {
  return (
    second.movedBytesPerSec + second.discardedBytesPerSec < SLOW * best.movedBytesPerSec &&
    second.operationsPerSec < SLOW * best.operationsPerSec
  );
}

/** Each request took long, though little was asked for. */
function stoodStill(second: Second, best: DiskStall['best'], usual: Usual): boolean {
  const { ownBytesPerSec, backlogBytes } = second;
  return (
    tookLong(second, usual) &&
    ownBytesPerSec + backlogBytes <= Math.max(LITTLE_BYTES, LITTLE * best.movedBytesPerSec)
  );
}

function tookLong({ operationMs }: Second, usual: Usual): boolean {
  return operationMs >= Math.max(STOOD_MS, MUCH_LONGER * usual.operationMs);
}

/** However much is asked of a disk that works, it goes on ending operations. */
function didNothing(second: Second, usual: Usual): boolean {
  return second.discardedBytesPerSec === 0 && didLess(second, usual, HARDLY);
}

function didLess({ busyShare, operationsPerSec }: Second, usual: Usual, part: number): boolean {
  return busyShare >= MUCH_BUSY && operationsPerSec < part * usual.operationsPerSec;
}

/** Rented disks give much for a while and little then: a plan that used that up has only itself to blame. */
function isExhausted(own: readonly Second[], before: readonly Second[], best: DiskStall['best']): boolean {
  const [first] = own;
  if (first === undefined || (own.at(-1)?.toMs ?? 0) - first.fromMs <= EXHAUSTED_MS) return false;
  const effort = before.filter(({ toMs }) => toMs > first.fromMs - EFFORT_MS);
  return mean(effort, ({ ownBytesPerSec }) => ownBytesPerSec) >= LITTLE * best.movedBytesPerSec;
}

function stall(
  hosts: readonly string[],
  why: DiskStall['why'],
  own: readonly Second[],
  best: DiskStall['best'],
): DiskStall {
  return {
    hosts,
    why,
    fromMs: own[0]?.fromMs ?? 0,
    toMs: own.at(-1)?.toMs ?? 0,
    movedBytesPerSec: mean(own, ({ movedBytesPerSec }) => movedBytesPerSec),
    ownBytesPerSec: mean(own, ({ ownBytesPerSec }) => ownBytesPerSec),
    operationsPerSec: mean(own, ({ operationsPerSec }) => operationsPerSec),
    operationMs: Math.max(...own.map(({ operationMs }) => operationMs)),
    best,
  };
}

/** Without the seconds of which not all is known. */
function rates(seconds: readonly NoiseSecond[]): Second[] {
  let backlogBytes = 0;
  return seconds.flatMap((second): Second[] => {
    const { disk, tMs, forMs } = second;
    if (disk == null || disk.ownBytes === null || forMs <= 0) return [];
    const rate = (amount: number): number => (amount * 1000) / forMs;
    const before = backlogBytes;
    backlogBytes = Math.max(0, before + disk.ownBytes - disk.movedBytes);
    return [
      {
        fromMs: tMs - forMs,
        toMs: tMs,
        waitedShare: second.ioPressureShare ?? disk.busyShare,
        busyShare: disk.busyShare,
        movedBytesPerSec: rate(disk.movedBytes),
        discardedBytesPerSec: rate(disk.discardedBytes),
        ownBytesPerSec: rate(disk.ownBytes),
        operationsPerSec: rate(disk.operations),
        operationMs: operationMs(disk),
        backlogBytes: before,
      },
    ];
  });
}

/** Where none ended, all of the time that they stood there is one's. */
function operationMs({ queuedMs, operations }: DiskSecond): number {
  return queuedMs / Math.max(1, operations);
}

type Usual = Pick<Second, 'operationMs' | 'operationsPerSec'>;

/** Medians of the seconds in which the disk did something. */
function usualOf(seconds: readonly Second[]): Usual {
  const working = seconds.filter(({ operationsPerSec }) => operationsPerSec > 0);
  const median = (of: (second: Second) => number): number =>
    working.map(of).toSorted((a, b) => a - b)[working.length >> 1] ?? 0;
  return {
    operationMs: median(({ operationMs: ms }) => ms),
    operationsPerSec: median(({ operationsPerSec }) => operationsPerSec),
  };
}

function mean(seconds: readonly Second[], of: (second: Second) => number): number {
  return seconds.length === 0 ? 0 : seconds.reduce((sum, second) => sum + of(second), 0) / seconds.length;
}

/** `the disk of driver and primary stood still for 2.0 s: …`, with what it did then and at best */
export function stallText(stall: DiskStall): string {
  const { hosts, why, fromMs, toMs, movedBytesPerSec, ownBytesPerSec, operationsPerSec, best } = stall;
  const asked = `the rehearsal asked for ${formatBytes(ownBytesPerSec)}/s`;
  const who = `the disk of ${listed([...hosts])}`;
  if (why === 'others')
    return `${who} was at other work for ${formatMs(toMs - fromMs)}: it moved ${formatBytes(movedBytesPerSec)}/s, and ${asked}`;
  return (
    `${who} stood still for ${formatMs(toMs - fromMs)}: ${asked}, and it moved ${formatBytes(movedBytesPerSec)}/s in ` +
    `${formatCount(Math.round(operationsPerSec))} operations a second of ${formatMs(stall.operationMs)} each, ` +
    `where it had moved ${formatBytes(best.movedBytesPerSec)}/s and done ${formatCount(Math.round(best.operationsPerSec))} a second in this run`
  );
}
