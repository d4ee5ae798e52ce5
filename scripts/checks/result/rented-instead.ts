import type { Result } from './contract/result.ts';

const HOUR_MS = 3_600_000;
const HOURS_OF_MONTH = 720;

interface PriceList {
  readonly cloud: string;
  /** The day that its prices are of, `2026-09-07`. */
  readonly asOf: string;
  readonly currency: string;
  /** What is ordered where a rehearsal says nothing of sizes, by the hour. */
  readonly server: number;
  readonly driver: number;
  readonly sizes: string;
  /** Time is rounded up to these. */
  readonly unitMs: number;
}

/** Where prices are published with their date; the other clouds tell theirs to who asks, before anything is ordered. */
const LISTS: readonly PriceList[] = [
  {
    cloud: 'Raff',
    asOf: '2026-09-07',
    currency: 'USD',
    server: 36.99 / HOURS_OF_MONTH,
    driver: 17.99 / HOURS_OF_MONTH,
    sizes: '2 vCPU and 4 GB each, servers premium',
    unitMs: HOUR_MS,
  },
];

/**
 * What hosts that live so long would have cost: servers and a driver.
 * @param lifeMs null where it is not known: then nothing is told
 */
export function rentedInstead(
  lifeMs: number | null,
  servers: number,
): Result['environment']['rentedInstead'] {
  if (lifeMs === null) return [];
  return LISTS.map(({ cloud, asOf, currency, server, driver, sizes, unitMs }) => {
    const billedMs = Math.max(1, Math.ceil(lifeMs / unitMs)) * unitMs;
    const amount = ((servers * server + driver) * billedMs) / HOUR_MS;
    return { cloud, asOf, currency, amount, hosts: servers + 1, sizes };
  });
}
