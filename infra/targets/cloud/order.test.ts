import { expect, test } from 'vitest';
import type { Cloud, Plan } from '../../clouds/cloud.ts';
import { makeOrder } from './order.ts';
import { priceLine } from './price-line.ts';

const GB = 1024 ** 3;
const PLAN: Plan = {
  id: 'small',
  title: 'Small',
  class: 'shared',
  cpus: 2,
  memoryBytes: 4 * GB,
  location: 'a',
  pricePerHour: 0.1,
  pricePerMonth: undefined,
  available: true,
};
const HOUR_MS = 3_600_000;
const CLOUD = {
  title: 'X',
  billing: { unitMs: HOUR_MS, minimumMs: HOUR_MS },
  catalog: () => Promise.resolve({ plans: [PLAN], image: 'debian', currency: 'USD' }),
} as unknown as Cloud;

test('each of several driver hosts is ordered, and its price counted', async () => {
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  const spec = {
    runId: 'r',
    postgres: { settings: [], standby: false },
    hosts: { driver: { count: 3 } },
    expiresAt,
  };
  const order = await makeOrder(CLOUD, spec, { signal: new AbortController().signal });
  expect(Object.keys(order.hosts)).toEqual(['primary', 'driver', 'driver-2', 'driver-3']);
  expect(order.cost).toMatchObject({ perHour: 0.4, atMost: 0.4 });
  expect(priceLine(order, expiresAt)).toContain('4 hosts in a, $0.40 an hour');
});
