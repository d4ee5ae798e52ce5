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

test('the first location within maxCost is taken, and what was spent elsewhere counts', async () => {
  const there = (location: string, pricePerHour: number): Plan => ({ ...PLAN, location, pricePerHour });
  const plans = [there('a', 0.1), there('b', 0.5), there('c', 0.2)];
  const cloud = {
    ...CLOUD,
    patience: { removalMs: 60_000 },
    catalog: () => Promise.resolve({ plans, image: 'debian', currency: 'USD' }),
  } as unknown as Cloud;
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  const spec = { runId: 'r', postgres: { settings: [], standby: false }, hosts: {}, expiresAt };
  const { signal } = new AbortController();
  const first = await makeOrder(cloud, spec, { signal, maxCost: '$0.61' });
  expect(first).toMatchObject({ location: 'a', soldOutIn: [], spent: 0, cost: { atMost: 0.2 } });
  const next = await makeOrder(cloud, spec, { signal, maxCost: '$0.61', instead: first });
  // The started hour of two hosts in `a`, and of two in `c`.
  expect(next).toMatchObject({ location: 'c', soldOutIn: ['a'], spent: 0.2 });
  expect(next.cost.atMost).toBeCloseTo(0.6);
  expect(priceLine(next, expiresAt)).toContain(
    'with up to $0.20 for what was ordered in a before something was sold out there',
  );
  const tooMuch = makeOrder(cloud, spec, { signal, maxCost: '$0.59', instead: first });
  await expect(tooMuch).rejects.toMatchObject({
    code: 'COST_REFUSED',
    message: 'it may cost $1.20 until it expires, more than maxCost $0.59',
  });
});

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
