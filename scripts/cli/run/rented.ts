import type {
  EnvironmentSpec,
  HourlyPrice,
  RunningEnvironment,
  Target,
} from '../../../infra/contract/target.ts';
import type { EnvironmentRecord } from '../../artifacts/records/records.ts';
import type { OnEvent } from '../../engine/events.ts';
import type { Rehearsal } from '../../plan/model.ts';

/** What the record of the environment says of the asking; tells the price. @throws as tellPrice */
export async function askedOf(
  target: Target,
  spec: EnvironmentSpec,
  { hosts }: Pick<Rehearsal, 'hosts'>,
  onEvent: OnEvent,
): Promise<Pick<EnvironmentRecord, 'target' | 'price'> & { readonly sizes: Rehearsal['hosts'] }> {
  return { target: target.name, price: await tellPrice(target, spec, onEvent), sizes: hosts };
}

/** What it costs where it was ordered in the end, which is told where that is not where it was asked for. */
export function costingWhereItIs<A extends Pick<EnvironmentRecord, 'target' | 'price'>>(
  asked: A,
  { price }: Pick<RunningEnvironment, 'price'>,
  onEvent: OnEvent,
): A {
  return price === undefined ? asked : { ...asked, price: told(price, asked.target, onEvent) };
}

/** What it may cost, before anything is ordered. @throws COST_REFUSED where that is too much */
async function tellPrice(
  target: Target,
  spec: EnvironmentSpec,
  onEvent: OnEvent,
): Promise<EnvironmentRecord['price']> {
  const price = await target.price(spec);
  return price === undefined ? null : told(price, target.name, onEvent);
}

function told(price: HourlyPrice, target: string, onEvent: OnEvent): EnvironmentRecord['price'] {
  const { estimate, ...record } = price;
  if (estimate !== undefined) onEvent({ type: 'note', message: `${target}: ${estimate}` });
  return record;
}

/** Where hosts are rented, never beyond their expiry: it stands in their names, and in a timer on each. */
export function keptUntilOf(keepMs: number, { lifeMs }: Target, { expiresAt }: EnvironmentSpec): Date {
  const asked = Date.now() + keepMs;
  return new Date(lifeMs === undefined ? asked : Math.min(asked, Date.parse(expiresAt)));
}
