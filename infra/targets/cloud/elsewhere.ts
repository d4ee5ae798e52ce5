import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';
import { soldOutHint } from '../../clouds/api.ts';
import { orderIn, writeOrder, type Order } from './order.ts';

interface Elsewhere {
  /** `Raff` */
  readonly title: string;
  /** What the hosts could not be made for. */
  readonly failure: Error;
  /** The order that was tried lies in it, and so does the next one. */
  readonly folder: string;
  /** Orders in another location than `before` and those before it. @throws CLOUD_REFUSED, COST_REFUSED where there is none */
  readonly orderAfter: (before: Order) => Promise<Order>;
}

/**
 * Where something was sold out in the location of an order, all of it is ordered in the next one: hosts of a run are side by side.
 * @returns what people have to know of it; undefined = another location is of no use
 * @throws CLOUD_REFUSED with all locations that were tried, where there is no other
 */
export async function orderElsewhere({
  title,
  failure,
  folder,
  orderAfter,
}: Elsewhere): Promise<string | undefined> {
  if (!(failure instanceof RehearsalError) || failure.hint !== soldOutHint(title)) return undefined;
  const before = await orderIn(folder, () => Promise.reject(failure));
  const soldOutIn = [...before.soldOutIn, before.location];
  const next = await orderAfter(before).catch(asError);
  if (!(next instanceof Error)) {
    await writeOrder(folder, next);
    return `sold out in ${before.location} of ${title}; everything is ordered in ${next.location}`;
  }
  throw new RehearsalError(
    'CLOUD_REFUSED',
    `${failure.message}; sold out in ${soldOutIn.join(', ')}, and elsewhere: ${next.message}`,
    { hint: failure.hint },
  );
}
