import { z } from 'zod';
import { moment, number, text } from './primitives.ts';

/** What the disk under the data folder did in a second, whoever asked for it. */
const DiskSecond = z.object({
  /** Reads, writes, flushes and discards that ended. */
  operations: number,
  /** Read and written. */
  movedBytes: number,
  /** Given back: what a removed file had, where the filesystem tells the disk. */
  discardedBytes: number,
  /** For how long requests stood at the disk, all of them added up. */
  queuedMs: number,
  /** Of the time: the disk had something to do. */
  busyShare: number,
  /** What the server's and the rehearsal's processes read from disks and gave to be written; null where the kernel does not tell. */
  ownBytes: number.nullable(),
});
export type DiskSecond = z.infer<typeof DiskSecond>;

/** Shares are from 0 to 1 of the time of all processors of the machine, unless they say otherwise. */
export const NoiseSecond = z.object({
  type: z.literal('second'),
  /** When it ended. */
  tMs: moment,
  forMs: number,
  /** Which hosts are on that machine: `driver`, `driver-2`, `primary`, `standby`. */
  hosts: z.array(text).readonly(),
  /** Taken by anybody on this machine, by ourselves too. */
  busyShare: number,
  /** Taken by other guests of the machine below it (`steal` of proc_stat(5)). */
  stealShare: number,
  /** Taken by processes that are neither the server's nor the rehearsal's. */
  foreignShare: number,
  /** Of the time: somebody was ready and had no processor (`some` of /proc/pressure/cpu); null where the kernel does not tell. */
  cpuPressureShare: number.nullable(),
  /** Of the time: somebody waited for a disk (`some` of /proc/pressure/io); null likewise. */
  ioPressureShare: number.nullable(),
  /** Null where the data folder is on no disk of the machine's own; absent in older runs. */
  disk: DiskSecond.nullable().exactOptional(),
});
export type NoiseSecond = z.infer<typeof NoiseSecond>;

/** A host whose kernel could not be asked, from then on. */
const NoiseUnseen = z.object({
  type: z.literal('unseen'),
  tMs: moment,
  host: text,
  /** In public words. */
  why: text,
});

/**
 * artifacts/noise.ndjson: who had the processors and what the disk did, once a second and for each machine that takes part (hosts under one kernel are
 * one machine). Older runs have none.
 */
export const NoiseRecord = z.discriminatedUnion('type', [NoiseSecond, NoiseUnseen]);
export type NoiseRecord = z.infer<typeof NoiseRecord>;
