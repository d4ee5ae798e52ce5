import { expect, it } from 'vitest';
import type { Plan } from './cloud.ts';
import { billedMs, estimate, money, parseMoney, requireWithin } from './estimate.ts';
import { choosePlans } from './plans.ts';

const HOUR_MS = 3_600_000;
const HOURS = { unitMs: HOUR_MS, minimumMs: HOUR_MS, rule: '' };
const SECONDS = { unitMs: 1_000, minimumMs: 60_000, rule: '' };
const GB = 1024 ** 3;

function plan(id: string, more: Partial<Plan> = {}): Plan {
  const size = { cpus: 2, memoryBytes: 4 * GB, class: 'shared' as const, location: 'a' };
  return { id, title: id, ...size, pricePerHour: 0.1, pricePerMonth: 72, available: true, ...more };
}

it('bills a started hour, or seconds with their minimum', () => {
  expect(billedMs(HOURS, 1)).toBe(HOUR_MS);
  expect(billedMs(HOURS, HOUR_MS + 1)).toBe(2 * HOUR_MS);
  expect(billedMs(SECONDS, 1)).toBe(60_000);
  expect(billedMs(SECONDS, 61_500)).toBe(62_000);
});

it('reserves the dearest alternative until the expiry, and tells the first by the hour', () => {
  const choices = [{ role: 'primary', plans: [plan('p'), plan('q', { pricePerHour: 0.2 })] }];
  const cost = estimate(choices, { billing: HOURS, currency: 'USD', lifeMs: 1.5 * HOUR_MS });
  expect(cost).toEqual({ currency: 'USD', perHour: 0.1, atMost: 0.4, upFront: 72 });
});

it('reserves the least amount that a cloud bills for each host', () => {
  const choices = ['primary', 'driver'].map((role) => ({ role, plans: [plan('p')] }));
  const billing = { ...SECONDS, minimumAmount: 0.01 };
  expect(estimate(choices, { billing, currency: 'USD', lifeMs: 61_000 }).atMost).toBe(0.02);
  expect(estimate(choices, { billing, currency: 'USD', lifeMs: HOUR_MS }).atMost).toBe(0.2);
});

it('never takes an unknown price for nothing', () => {
  for (const pricePerHour of [undefined, 0, NaN]) {
    const choices = [{ role: 'primary', plans: [plan('p', { pricePerHour })] }];
    expect(() => estimate(choices, { billing: HOURS, currency: 'USD', lifeMs: HOUR_MS })).toThrow(
      'the price of plan p for primary is not known',
    );
  }
});

it('refuses above maxCost, and in another currency', () => {
  const cost = { currency: 'USD', perHour: 0.3, atMost: 0.61, upFront: null };
  requireWithin(cost, '$0.61');
  requireWithin(cost, '1');
  requireWithin(cost, undefined);
  expect(() => {
    requireWithin(cost, '$0.60');
  }).toThrow('it may cost $0.61 until it expires, more than maxCost $0.60');
  expect(() => {
    requireWithin(cost, '1 EUR');
  }).toThrow('maxCost is in EUR, and prices there are in USD');
});

it('reads and writes money', () => {
  expect(parseMoney('€0.50')).toEqual({ amount: 0.5, currency: 'EUR' });
  expect(parseMoney('2 usd')).toEqual({ amount: 2, currency: 'USD' });
  expect(parseMoney('cheap')).toBeUndefined();
  expect([money(0.0123, 'USD'), money(1.2, 'EUR'), money(3, 'CHF')]).toEqual(['$0.012', '€1.20', '3.00 CHF']);
});

it('has all hosts in one location, servers dedicated where that can be had, and nothing that is sold out', () => {
  const plans = [
    plan('a1'),
    plan('b1', { location: 'b' }),
    plan('b2', { location: 'b', class: 'dedicated', pricePerHour: 0.15 }),
    plan('b3', { location: 'b', class: 'dedicated', available: false }),
  ];
  const some = choosePlans(plans, { primary: {}, driver: {} }, { title: 'X', wanted: 'b' });
  expect(some.choices.map(({ role, plans: own }) => [role, own.map(({ id }) => id)])).toEqual([
    ['primary', ['b2', 'b1']],
    ['driver', ['b1', 'b2']],
  ]);
  expect(() => choosePlans(plans, { primary: { cpu: 64 } }, { title: 'X' })).toThrow(
    'X has no plan for primary (64 CPUs, 4.0 GB) in a, b',
  );
});
