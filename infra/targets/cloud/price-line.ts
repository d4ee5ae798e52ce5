import { money } from '../../clouds/estimate.ts';
import { plural } from '../../../scripts/shared/text/format.ts';
import type { Order } from './order.ts';

/** `at most $0.26 until 21:40 UTC, $0.13 an hour: primary premium 2 vCPU …, driver …; in us-east` */
export function priceLine(
  { cost, currency, hosts, location, soldOutIn, spent }: Order,
  expiresAt: string,
): string {
  const sizes = Object.entries(hosts).map(([role, { title }]) => `${role} ${title}`);
  const upFront =
    cost.upFront === null
      ? ''
      : ` (where the account subscribes, ${money(cost.upFront, currency)} up front, the rest credited)`;
  const before =
    soldOutIn.length === 0
      ? ''
      : ` with up to ${money(spent, currency)} for what was ordered in ${soldOutIn.join(', ')} before something was sold out there`;
  const price = `${money(cost.perHour, currency)} an hour${upFront}`;
  const most = `at most ${money(cost.atMost, currency)} until ${expiresAt.slice(11, 16)} UTC${before}`;
  return `${plural(sizes.length, 'host')} in ${location}, ${price}, ${most}: ${sizes.join('; ')}`;
}
