import { expect, it } from 'vitest';
import { rentedInstead } from './rented-instead.ts';

const HOUR_MS = 3_600_000;

it('says what a life would have cost on rented hosts, by the hour started and with the date of the prices', () => {
  const common = { cloud: 'Raff', asOf: '2026-09-07', currency: 'USD' };
  const sizes = '2 vCPU and 4 GB each, servers premium';
  expect(rentedInstead(60_000, 1)).toEqual([{ ...common, sizes, hosts: 2, amount: (36.99 + 17.99) / 720 }]);
  const twice = ((2 * 36.99 + 17.99) / 720) * 2;
  expect(rentedInstead(HOUR_MS + 1, 2)).toEqual([{ ...common, sizes, hosts: 3, amount: twice }]);
  expect(rentedInstead(null, 1)).toEqual([]);
});
