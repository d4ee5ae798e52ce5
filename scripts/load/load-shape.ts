import { availableParallelism } from 'node:os';
import type { LoadSpec } from '../plan/model.ts';

/** On fewer processors a second process takes from the database what it gives to the load. */
const MANY_PROCESSORS = 8;
/** One process carries more than this with ease. */
const RATE_PER_PROCESS = 10_000;
const MOST_PROCESSES = 4;
const CAPACITY_MS = 1000;
/** Capacity is measured at the beginning of the warm-up, of which the first quarter does not count for the baseline. */
const CAPACITY_SHARE = 0.15;
const SHORTEST_WARMUP_MS = 3000;

/** Over how many processes a load is spread. */
export function partsOf(
  { ratePerSec, connections }: Pick<LoadSpec, 'ratePerSec' | 'connections'>,
  processors = availableParallelism(),
): number {
  if (processors < MANY_PROCESSORS) return 1;
  const wanted = Math.ceil(ratePerSec / RATE_PER_PROCESS);
  return Math.max(1, Math.min(wanted, Math.floor(processors / 4), MOST_PROCESSES, connections));
}

/** The part of `count` things that one of `of` processes gets. */
export function shareOf(count: number, index: number, of: number): number {
  return Math.floor(((index + 1) * count) / of) - Math.floor((index * count) / of);
}

/** How long capacity is measured; 0 where the warm-up is too short for it. */
export function capacityMs({ warmupMs }: Pick<LoadSpec, 'warmupMs'>): number {
  return warmupMs < SHORTEST_WARMUP_MS ? 0 : Math.min(CAPACITY_MS, warmupMs * CAPACITY_SHARE);
}
