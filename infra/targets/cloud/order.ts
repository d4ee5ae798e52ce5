import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cloud } from '../../clouds/cloud.ts';
import { estimate, isWithin, requireWithin, type Estimate } from '../../clouds/estimate.ts';
import { choosePlans, type Choice } from '../../clouds/plans.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { driverCount, driverRoles, isDriver } from '../../../scripts/plan/schema/driver-hosts.ts';
import type { HostSpec } from '../../../scripts/plan/model.ts';
import type { CloudSettings } from '../../../scripts/plan/schema/targets/clouds.ts';
import type { EnvironmentSpec } from '../../contract/target.ts';

const hostSchema = z.object({
  /** In the order in which they are tried. */
  plans: z.array(z.string()),
  title: z.string(),
  class: z.enum(['shared', 'dedicated']),
  /** What every one of the plans has at least. */
  cpus: z.number(),
  memoryBytes: z.number(),
});
const orderSchema = z.object({
  location: z.string(),
  /** Where it was ordered before, and something was sold out. */
  soldOutIn: z.array(z.string()),
  image: z.string(),
  currency: z.string(),
  hosts: z.record(z.string(), hostSchema),
  cost: z.object({
    currency: z.string(),
    perHour: z.number(),
    atMost: z.number(),
    upFront: z.number().nullable(),
  }),
});

/** What is ordered for a run: the same whenever the same run asks again. */
export type Order = z.infer<typeof orderSchema>;

const FILE = 'order.json';

/** The roles of an environment, with what is asked of each. */
function rolesOf({ hosts, postgres }: EnvironmentSpec): Record<string, HostSpec> {
  const roles = ['primary', ...(postgres.standby ? ['standby'] : []), ...driverRoles(driverCount({ hosts }))];
  return Object.fromEntries(roles.map((role) => [role, hosts[isDriver(role) ? 'driver' : role] ?? {}]));
}

interface OrderOptions extends Pick<CloudSettings, 'location' | 'maxCost'> {
  readonly signal: AbortSignal;
  /** No location of these. */
  readonly soldOutIn?: readonly string[];
}

/**
 * Plans and prices as the cloud has them now; nothing is ordered.
 * @throws COST_REFUSED above the limit or where a price is not known, CLOUD_REFUSED where nothing fits, and what the API says
 */
export async function makeOrder(
  cloud: Cloud,
  spec: EnvironmentSpec,
  { signal, soldOutIn = [], ...settings }: OrderOptions,
): Promise<Order> {
  const { plans, image, currency } = await cloud.catalog(signal);
  const { location, choices: wide } = choosePlans(plans, rolesOf(spec), {
    title: cloud.title,
    wanted: settings.location,
    without: soldOutIn,
  });
  const lifeMs = Math.max(0, Date.parse(spec.expiresAt) - Date.now());
  const costOf = (some: readonly Choice[]): Estimate =>
    estimate(some, { billing: cloud.billing, currency, lifeMs });
  // Alternatives for what is sold out are the first to go where money is short.
  const narrow = wide.map(({ role, plans: [first] }) => ({ role, plans: first ? [first] : [] }));
  const choices = isWithin(costOf(wide), settings.maxCost) ? wide : narrow;
  const cost = costOf(choices);
  requireWithin(cost, settings.maxCost);
  const hosts = choices.map(({ role, plans: fitting }): [string, Order['hosts'][string]] => {
    const [first] = fitting;
    if (first === undefined) throw new Error(`no plan for ${role}`);
    return [
      role,
      {
        plans: fitting.map(({ id }) => id),
        title: first.title,
        class: first.class,
        cpus: Math.min(...fitting.map(({ cpus }) => cpus)),
        memoryBytes: Math.min(...fitting.map(({ memoryBytes }) => memoryBytes)),
      },
    ];
  });
  return { location, soldOutIn: [...soldOutIn], image, currency, cost, hosts: Object.fromEntries(hosts) };
}

/** The order of the session in that folder; made and written down where there is none. */
export async function orderIn(folder: string, make: () => Promise<Order>): Promise<Order> {
  const file = join(folder, FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return orderSchema.parse(JSON.parse(text));
  return writeOrder(folder, await make());
}

export async function writeOrder(folder: string, order: Order): Promise<Order> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, FILE), JSON.stringify(order), { mode: 0o600 });
  return order;
}

export function orderedHost(order: Order, role: string): Order['hosts'][string] {
  const host = order.hosts[role];
  if (host) return host;
  throw new RehearsalError('CLOUD_REFUSED', `no plan was chosen for ${role}`, {
    hint: 'start the run again',
  });
}
