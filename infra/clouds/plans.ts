import { isDriver } from '../../scripts/plan/schema/driver-hosts.ts';
import type { HostSpec } from '../../scripts/plan/model.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { formatBytes } from '../../scripts/shared/text/format.ts';
import type { Plan } from './cloud.ts';

const GB = 1024 ** 3;
/** Where nobody says how large: what a small production has. */
const CPUS = 2;
const MEMORY_BYTES = 4 * GB;
/** How many of the wanted class, and of the other one, are tried when they are sold out. */
const OF_CLASS = 3;
const OF_OTHER = 1;
/** And never one that costs more than so many times the first. */
const DEARER = 2;

export interface Choice {
  readonly role: string;
  /** In the order in which they are tried; at least one, all in one location. */
  readonly plans: readonly Plan[];
}

interface Where {
  /** Of the cloud, for messages. */
  readonly title: string;
  readonly wanted?: string | undefined;
  readonly without?: readonly string[];
}

/**
 * Plans for each role, all in one location: the first, in the catalog's order, that has something for everyone.
 * @param wanted a location; undefined = any
 * @param without locations where something turned out to be sold out
 * @throws CLOUD_REFUSED where no location has
 */
export function choosePlans(
  plans: readonly Plan[],
  hosts: Readonly<Record<string, HostSpec>>,
  { title, wanted, without = [] }: Where,
): { location: string; choices: Choice[] } {
  const locations = [...new Set(plans.map(({ location }) => location))];
  const allowed = locations.filter(
    (location) => (wanted === undefined || location === wanted) && !without.includes(location),
  );
  let lacking = without.length > 0 ? `no other location` : `no location ${wanted ?? ''}`.trim();
  for (const location of allowed) {
    const here = plans.filter((plan) => plan.location === location);
    const choices = Object.entries(hosts).map(([role, size]) => ({ role, plans: fitting(here, role, size) }));
    const lonely = choices.find((choice) => choice.plans.length === 0);
    if (lonely === undefined) return { location, choices };
    lacking = `no plan for ${lonely.role} (${sizeText(hosts[lonely.role] ?? {})}) in ${allowed.join(', ')}`;
  }
  throw new RehearsalError('CLOUD_REFUSED', `${title} has ${lacking}`, {
    hint: 'ask for less under hosts, or for another class or location; sold out sizes come back',
  });
}

/** Cheapest first; the class that is asked for, or would measure better, before the other. */
function fitting(plans: readonly Plan[], role: string, size: HostSpec): Plan[] {
  const { cpu = CPUS, memoryBytes = MEMORY_BYTES, class: kind } = size;
  const large = plans.filter((plan) => plan.available && plan.cpus >= cpu && plan.memoryBytes >= memoryBytes);
  if (kind !== undefined)
    return notDearer(
      large
        .filter((plan) => isOf(plan, kind))
        .sort(byPrice)
        .slice(0, OF_CLASS),
    );
  const preferred = isDriver(role) ? 'shared' : 'dedicated';
  const wanted = large.filter((plan) => plan.class === preferred).sort(byPrice);
  const other = large.filter((plan) => plan.class !== preferred).sort(byPrice);
  return notDearer([...wanted.slice(0, OF_CLASS), ...other.slice(0, OF_OTHER)]);
}

function notDearer(plans: readonly Plan[]): Plan[] {
  const most = DEARER * (plans[0]?.pricePerHour ?? Infinity);
  return plans.filter((plan, at) => at === 0 || (plan.pricePerHour ?? Infinity) <= most);
}

/** `dedicated`, `premium` of a title, or a plan's own name. */
function isOf(plan: Plan, kind: string): boolean {
  return plan.class === kind || plan.id === kind || plan.title.split(/[ ,]+/).includes(kind);
}

function byPrice(one: Plan, other: Plan): number {
  return (one.pricePerHour ?? Infinity) - (other.pricePerHour ?? Infinity);
}

function sizeText({ cpu = CPUS, memoryBytes = MEMORY_BYTES, class: kind }: HostSpec): string {
  return `${cpu} CPUs, ${formatBytes(memoryBytes)}${kind === undefined ? '' : `, class ${kind}`}`;
}
