import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { soldOutHint } from '../../clouds/api.ts';
import { orderElsewhere } from './elsewhere.ts';
import { orderIn, writeOrder, type Order } from './order.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elsewhere-'));
  await writeOrder(folder, orderAt('fsn1'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function orderAt(location: string, soldOutIn: string[] = []): Order {
  const cost = { currency: 'EUR', perHour: 1, atMost: 2, upFront: null };
  const common = { image: 'debian-13', currency: 'EUR', orderedAt: '2026-11-20T10:00:00Z' };
  return { ...common, location, soldOutIn, hosts: {}, cost, spent: 0, perHourAtMost: 1 };
}

const failure = new RehearsalError('CLOUD_REFUSED', 'Cloud POST /servers answers 412: no', {
  hint: soldOutHint('Cloud'),
});
/** It has two locations. */
function orderAfter({ location: last, soldOutIn }: Order): Promise<Order> {
  const locations = [...soldOutIn, last];
  const other = ['fsn1', 'nbg1'].find((location) => !locations.includes(location));
  if (other !== undefined) return Promise.resolve(orderAt(other, [...locations]));
  return Promise.reject(new RehearsalError('CLOUD_REFUSED', 'Cloud has no other location', { hint: '' }));
}
const location = async (): Promise<string> =>
  (await orderIn(folder, () => Promise.reject(new Error('none')))).location;

it('orders all in the next location where something is sold out, until there is none', async () => {
  const asked = { title: 'Cloud', failure, folder, orderAfter };
  expect(await orderElsewhere(asked)).toBe('sold out in fsn1 of Cloud; everything is ordered in nbg1');
  expect(await location()).toBe('nbg1');
  await expect(orderElsewhere(asked)).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    message: `${failure.message}; sold out in fsn1, nbg1, and elsewhere: Cloud has no other location`,
    hint: failure.hint,
  });
});

it('stays where it is after any other failure', async () => {
  const other = new RehearsalError('CLOUD_REFUSED', 'over the quota', { hint: 'remove something' });
  expect(await orderElsewhere({ title: 'Cloud', failure: other, folder, orderAfter })).toBeUndefined();
  expect(await location()).toBe('fsn1');
});
