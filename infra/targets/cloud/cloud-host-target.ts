import type { HostSpec } from '../../../scripts/plan/model.ts';
import type { CloudSettings } from '../../../scripts/plan/schema/targets/clouds.ts';
import type { Cloud, CloudName } from '../../clouds/cloud.ts';
import { cloudOf } from '../../clouds/index.ts';
import { withOneCatalog } from '../../clouds/one-catalog.ts';
import { removeOfRun } from '../../clouds/removal.ts';
import type { Capacity, HostTarget } from '../../contract/hosts.ts';
import type { Availability, EnvironmentSpec, HourlyPrice } from '../../contract/target.ts';
import { cloudAlive } from './alive.ts';
import { orderElsewhere } from './elsewhere.ts';
import { explainedBy } from './explain.ts';
import { cloudLeftovers, rememberRun } from './leftovers.ts';
import { makeOrder, orderIn, type Order } from './order.ts';
import { priceLine } from './price-line.ts';
import { shippedSoftware } from './software.ts';

const GB = 1024 ** 3;
const LIFE_MS = 2 * 3_600_000;
const CATALOG_MS = 60_000;

const REACHED_BY_COMMANDS =
  'what the driver host holds, and over the network the hosts of the run (PostgreSQL and sshd on them)';

/** Hosts rented by the hour, found again by their names and tags alone. */
export function cloudHostTarget(name: CloudName, settings: CloudSettings = {}): HostTarget {
  let made: Cloud | undefined;
  // Not before it is asked for something: its address in the environment may be wrong.
  const cloud = (): Cloud => (made ??= withOneCatalog(cloudOf(name)));
  const lifeMs = settings.expiresAfter ?? LIFE_MS;
  const { location, maxCost } = settings;
  const anywhere = location === undefined ? {} : { location };
  const within = maxCost === undefined ? anywhere : { ...anywhere, maxCost };
  const soon = (): AbortSignal => AbortSignal.timeout(CATALOG_MS);
  const orderFor = (spec: EnvironmentSpec, signal = soon()): Promise<Order> =>
    makeOrder(cloud(), spec, { ...within, signal });
  const anyOrder = (spec: EnvironmentSpec): Promise<Order> =>
    makeOrder(cloud(), spec, { ...anywhere, signal: soon() });
  return {
    name,
    keeps: true,
    onlyByName: true,
    lifeMs,
    patience: { destroyMs: 300_000, unwindMs: 20_000 },
    available: () => availableIn(cloud(), lifeMs, anyOrder),
    price: async (spec) => priceOf(cloud(), await orderFor(spec), spec),
    tracing: 'host',
    places: () => ({ run: '/var/lib/rehearse/engine', postgres: '/var/lib/postgresql/rehearse' }),

    async settle(spec, folder, signal) {
      const order = await orderIn(folder, () => orderFor(spec, signal));
      const sizes = Object.entries(order.hosts).map(([role, { cpus, memoryBytes }]): [string, HostSpec] => [
        role,
        { ...spec.hosts[role], cpu: cpus, memoryBytes },
      ]);
      return Object.fromEntries(sizes);
    },

    elsewhere: (spec, folder, { failure, signal }) =>
      orderElsewhere({
        title: cloud().title,
        failure,
        folder,
        orderAfter: (before) => makeOrder(cloud(), spec, { ...within, signal, instead: before }),
      }),

    priceElsewhere: (spec, folder) => priceElsewhere(cloud(), spec, folder),
    async maker(folder) {
      const order = await orderIn(folder, notOrdered);
      const { cloudHostMaker } = await import('./cloud-host-maker.ts');
      return cloudHostMaker(name, order, settings);
    },

    software: (spec, folder) => shippedSoftware(spec, folder, lifeMs),
    capacity: ({ cpu = 2, memoryBytes = 4 * GB }): Capacity => ({ cpus: cpu, memoryBytes }),
    limits: () => limitsOf(cloud()),
    commandReach: { open: REACHED_BY_COMMANDS, rehearsedOnly: REACHED_BY_COMMANDS },
    alive: (identity) => cloudAlive(name, identity),
    // The expiry stands in their names, and in a timer on each: they are kept until then at most.
    keep: () => Promise.resolve(),
    adopt: () => Promise.resolve(),
    removeRun: (runId) => {
      rememberRun(runId);
      return removeOfRun(cloud(), runId);
    },
    leftovers: (signal) => cloudLeftovers(name, signal),
    notOurs: () => Promise.resolve({ found: [], unseen: [] }),
    explain: (diagnostic) => explainedBy(cloud().title, diagnostic),
  };
}

async function availableIn(
  { token, title }: Cloud,
  lifeMs: number,
  orderFor: (spec: EnvironmentSpec) => Promise<Order>,
): Promise<Availability> {
  if ((process.env[token] ?? '') === '') {
    const remedy = `set ${token} to rent hosts of ${title}; docs/clouds.md tells its rights`;
    return { available: false, why: `${token} is not set`, remedy };
  }
  const expiresAt = new Date(Date.now() + lifeMs).toISOString();
  const postgres = { settings: [], standby: false };
  const order = await orderFor({ runId: 'estimate', postgres, hosts: {}, expiresAt });
  return { available: true, detail: priceLine(order, expiresAt) };
}

function priceOf({ billing }: Cloud, order: Order, { expiresAt }: EnvironmentSpec): HourlyPrice {
  const { currency, cost, hosts } = order;
  const { unitMs, minimumMs, minimumAmount = 0 } = billing;
  return {
    amountPerHour: cost.perHour,
    currency,
    billing: { unitMs, minimumMs, minimumAmount: minimumAmount * Object.keys(hosts).length },
    ...(order.spent === 0 ? {} : { spentBefore: order.spent }),
    estimate: priceLine(order, expiresAt),
  };
}

const notOrdered = (): Promise<Order> => Promise.reject(new Error('nothing was ordered'));

async function priceElsewhere(
  cloud: Cloud,
  spec: EnvironmentSpec,
  folder: string,
): Promise<HourlyPrice | undefined> {
  const order = await orderIn(folder, notOrdered);
  return order.soldOutIn.length === 0 ? undefined : priceOf(cloud, order, spec);
}

function limitsOf({ title }: Cloud): string[] {
  return [
    `The hosts were rented of ${title}: how their disks, processors and network compare with production’s is not known.`,
    'The SQL under rehearsal could reach, as the user postgres of its host: what its host holds, and the other hosts of the run.',
  ];
}
