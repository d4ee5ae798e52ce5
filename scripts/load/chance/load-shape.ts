import { availableParallelism } from 'node:os';
import type { LoadSpec } from '../../plan/model.ts';

/** What one process carries with ease; a second one costs memory and processor time that the database may need. */
const RATE_PER_PROCESS = 10_000;
const MOST_PROCESSES = 8;
const CAPACITY_MS = 1000;
/** Capacity is measured at the beginning of the warm-up, of which the first quarter does not count for the baseline. */
const CAPACITY_SHARE = 0.15;
const SHORTEST_WARMUP_MS = 3000;

/** Over how many processes a load is spread. */
export function partsOf(
  { ratePerSec, connections }: Pick<LoadSpec, 'ratePerSec' | 'connections'>,
  processors = availableParallelism(),
): number {
  const wanted = Math.ceil(ratePerSec / RATE_PER_PROCESS);
  return Math.max(1, Math.min(wanted, processors, MOST_PROCESSES, connections));
}

/** The part of `count` things that one of `of` processes gets. */
export function shareOf(count: number, index: number, of: number): number {
  return Math.floor(((index + 1) * count) / of) - Math.floor((index * count) / of);
}

/** How long capacity is measured; 0 where the warm-up is too short for it. */
export function capacityMs({ warmupMs }: Pick<LoadSpec, 'warmupMs'>): number {
  return warmupMs < SHORTEST_WARMUP_MS ? 0 : Math.min(CAPACITY_MS, warmupMs * CAPACITY_SHARE);
}
