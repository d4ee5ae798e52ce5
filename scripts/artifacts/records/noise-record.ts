import { z } from 'zod';
import { moment, number, text } from './primitives.ts';

/** Shares are from 0 to 1 of the time of all processors of the machine, unless they say otherwise. */
export const NoiseSecond = z.object({
  type: z.literal('second'),
  /** When it ended. */
  tMs: moment,
  forMs: number,
  /** Which hosts are on that machine: `driver`, `primary`, `standby`. */
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
 * artifacts/noise.ndjson: who had the processors, once a second and for each machine that takes part (hosts under one kernel are
 * one machine). Older runs have none.
 */
export const NoiseRecord = z.discriminatedUnion('type', [NoiseSecond, NoiseUnseen]);
export type NoiseRecord = z.infer<typeof NoiseRecord>;
