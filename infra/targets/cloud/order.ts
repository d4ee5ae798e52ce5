import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Catalog, Cloud } from '../../clouds/cloud.ts';
import { billedMs, estimate, isWithin, requireWithin, type Estimate } from '../../clouds/estimate.ts';
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
  /** What the hosts that were made there may have cost, at most. */
  spent: z.number(),
  /** Of the dearest alternative for each host. */
  perHourAtMost: z.number(),
  /** ISO 8601 UTC */
  orderedAt: z.string(),
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
const HOUR_MS = 3_600_000;

/** The roles of an environment, with what is asked of each. */
function rolesOf({ hosts, postgres }: EnvironmentSpec): Record<string, HostSpec> {
  const roles = ['primary', ...(postgres.standby ? ['standby'] : []), ...driverRoles(driverCount({ hosts }))];
  return Object.fromEntries(roles.map((role) => [role, hosts[isDriver(role) ? 'driver' : role] ?? {}]));
}

interface OrderOptions extends Pick<CloudSettings, 'location' | 'maxCost'> {
  readonly signal: AbortSignal;
  /** The order that was made before in another location, where something was sold out. */
  readonly instead?: Order;
}

/**
 * Plans and prices as the cloud has them now, in the first location that has something for each host within the limit; nothing is
 * ordered. What was spent in another location counts towards the limit.
 * @throws COST_REFUSED above the limit or where a price is not known, CLOUD_REFUSED where nothing fits, and what the API says
 */
export async function makeOrder(cloud: Cloud, spec: EnvironmentSpec, options: OrderOptions): Promise<Order> {
  const catalog = await cloud.catalog(options.signal);
  const { instead } = options;
  const without = instead === undefined ? [] : [...instead.soldOutIn, instead.location];
  const tooDear: string[] = [];
  let refused: RehearsalError | undefined;
  for (;;) {
    try {
      return orderWithout([...without, ...tooDear], { cloud, spec, catalog, options, soldOutIn: without });
    } catch (error) {
      if (!(error instanceof OverLimit)) throw refused ?? error;
      refused ??= error.refusal;
      tooDear.push(error.location);
    }
  }
}

/** In that location it costs more than it may; in another one it may not. */
class OverLimit extends Error {
  readonly location: string;
  readonly refusal: RehearsalError;

  constructor(location: string, refusal: RehearsalError) {
    super(refusal.message);
    this.location = location;
    this.refusal = refusal;
  }
}

interface Asked {
  readonly cloud: Cloud;
  readonly spec: EnvironmentSpec;
  readonly catalog: Catalog;
  readonly options: OrderOptions;
  readonly soldOutIn: readonly string[];
}

/** @throws OverLimit, CLOUD_REFUSED where no location is left */
function orderWithout(
  locations: readonly string[],
  { cloud, spec, catalog: { plans, image, currency }, options, soldOutIn }: Asked,
): Order {
  const { instead, ...settings } = options;
  const { location, choices: wide } = choosePlans(plans, rolesOf(spec), {
    title: cloud.title,
    wanted: settings.location,
    without: locations,
  });
  const now = Date.now();
  const spent = instead === undefined ? 0 : spentOn(instead, cloud, now);
  const lifeMs = Math.max(0, Date.parse(spec.expiresAt) - now);
  const costOf = (some: readonly Choice[]): Estimate => {
    const cost = estimate(some, { billing: cloud.billing, currency, lifeMs });
    return { ...cost, atMost: cost.atMost + spent };
  };
  // Alternatives for what is sold out are the first to go where money is short.
  const narrow = wide.map(({ role, plans: [first] }) => ({ role, plans: first ? [first] : [] }));
  const choices = isWithin(costOf(wide), settings.maxCost) ? wide : narrow;
  const cost = costOf(choices);
  try {
    requireWithin(cost, settings.maxCost);
  } catch (error) {
    throw error instanceof RehearsalError && error.code === 'COST_REFUSED'
      ? new OverLimit(location, error)
      : error;
  }
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
  const orderedAt = new Date(now).toISOString();
  return {
    location,
    soldOutIn: [...soldOutIn],
    spent,
    perHourAtMost: choices.reduce((sum, { plans: fitting }) => sum + dearestOf(fitting), 0),
    orderedAt,
    image,
    currency,
    cost,
    hosts: Object.fromEntries(hosts),
  };
}

/** What an order that is taken back may cost by the time that all of it is gone, with what was spent before it. */
function spentOn(
  { perHourAtMost, hosts, orderedAt, spent }: Order,
  { billing, patience }: Cloud,
  now: number,
): number {
  const lifeMs = now - Date.parse(orderedAt) + patience.removalMs;
  const least = (billing.minimumAmount ?? 0) * Object.keys(hosts).length;
  return spent + Math.max(least, (perHourAtMost * billedMs(billing, lifeMs)) / HOUR_MS);
}

/** Their prices are known by now. */
function dearestOf(plans: Choice['plans']): number {
  return Math.max(0, ...plans.map(({ pricePerHour = 0 }) => pricePerHour));
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
