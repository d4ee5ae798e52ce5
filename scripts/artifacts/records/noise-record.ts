/**
 * artifacts/noise.ndjson: who had the processors, once a second and for each machine that takes part (hosts under one kernel are
 * one machine). Older runs have none.
 */
export type NoiseRecord = NoiseSecond | NoiseUnseen;

/** Shares are from 0 to 1 of the time of all processors of the machine, unless they say otherwise. */
export interface NoiseSecond {
  readonly type: 'second';
  /** When it ended. */
  readonly tMs: number;
  readonly forMs: number;
  /** Which hosts are on that machine: `driver`, `primary`, `standby`. */
  readonly hosts: readonly string[];
  /** Taken by anybody on this machine, by ourselves too. */
  readonly busyShare: number;
  /** Taken by other guests of the machine below it (`steal` of proc_stat(5)). */
  readonly stealShare: number;
  /** Taken by processes that are neither the server's nor the rehearsal's. */
  readonly foreignShare: number;
  /** Of the time: somebody was ready and had no processor (`some` of /proc/pressure/cpu); null where the kernel does not tell. */
  readonly cpuPressureShare: number | null;
  /** Of the time: somebody waited for a disk (`some` of /proc/pressure/io); null likewise. */
  readonly ioPressureShare: number | null;
}

/** A host whose kernel could not be asked, from then on. */
interface NoiseUnseen {
  readonly type: 'unseen';
  readonly tMs: number;
  readonly host: string;
  /** In public words. */
  readonly why: string;
}
