import { diskCounts, ioBytes, type DiskCounts } from './disk-counts.ts';

/** What the kernel of one host said at one moment, all counted since it booted. */
export interface Reading {
  /** /proc/sys/kernel/random/boot_id: hosts that have the same are one machine. */
  readonly bootId: string;
  readonly atMs: number;
  /** Of all processors together, in ticks of proc_stat(5). */
  readonly totalTicks: number;
  readonly idleTicks: number;
  readonly stealTicks: number;
  /** Of the processes that are the rehearsal's or its server's, with their ended children. */
  readonly ownTicks: number;
  /** Microseconds; null where the kernel tells no pressure. */
  readonly cpuPressureUs: number | null;
  readonly ioPressureUs: number | null;
  /** Of the disk that it was asked for; null where there is none. */
  readonly disk: DiskCounts | null;
  /** Read from disks and given to be written by the own processes; null where the kernel does not tell. */
  readonly ownIoBytes: number | null;
}

/** Texts of /proc, as they are. */
export interface ProcTexts {
  readonly bootId: string;
  readonly stat: string;
  readonly cpuPressure: string | null;
  readonly ioPressure: string | null;
  /** /proc/<pid>/stat of each own process, one a line. */
  readonly own: string;
  /** /proc/diskstats, and the device of it that counts, as `254:0`. */
  readonly diskstats?: string | null;
  readonly device?: string | null;
  /** /proc/<pid>/io of each own process. */
  readonly ownIo?: string | null;
}

/** @throws Error where /proc/stat is none */
export function readingOf(texts: ProcTexts, atMs: number): Reading {
  const { bootId, stat, cpuPressure, ioPressure, own } = texts;
  const ticks = /^cpu +([\d ]+)/.exec(stat)?.[1]?.trim().split(/ +/).map(Number);
  if (ticks === undefined || ticks.length < 8) throw new Error('/proc/stat tells no time of processors');
  // user nice system idle iowait irq softirq steal; the guests behind them are within user and nice.
  const [, , , idle = 0, iowait = 0, , , steal = 0] = ticks;
  return {
    bootId: bootId.trim(),
    atMs,
    stealTicks: steal,
    idleTicks: idle + iowait,
    totalTicks: ticks.slice(0, 8).reduce((sum, one) => sum + one, 0),
    ownTicks: own.split('\n').reduce((sum, line) => sum + ticksOf(line), 0),
    cpuPressureUs: pressureUs(cpuPressure),
    ioPressureUs: pressureUs(ioPressure),
    disk: diskCounts(texts.diskstats ?? '', texts.device ?? null),
    ownIoBytes: ioBytes(texts.ownIo ?? ''),
  };
}

/** utime, stime, cutime and cstime of proc_pid_stat(5): a child that was waited for goes on counting in its parent. */
function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) ? ticks : 0;
}

/** `some avg10=… total=<microseconds>` */
function pressureUs(text: string | null): number | null {
  const total = /^some .*total=(\d+)/m.exec(text ?? '')?.[1];
  return total === undefined ? null : Number(total);
}
