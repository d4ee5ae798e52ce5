/* What a cloud is here: one file each implements it over `Api`, and everything else is told once. */

export type CloudName = 'raff' | 'hcloud' | 'digitalocean';

type PlanClass = 'shared' | 'dedicated';

/** How a cloud counts the time of a host. */
export interface Billing {
  /** Time is rounded up to these: an hour started, or seconds. */
  readonly unitMs: number;
  /** Never less than this is billed. */
  readonly minimumMs: number;
  /** Nor ever less than this for a host, in the catalog's currency. */
  readonly minimumAmount?: number;
  /** The rule as a sentence for people. */
  readonly rule: string;
}

/** A size of host that can be ordered, as the live catalog has it. */
export interface Plan {
  /** The cloud's own name or number of it. */
  readonly id: string;
  /** `standard 2 vCPU, 4 GB, 80 GB` */
  readonly title: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly class: PlanClass;
  readonly location: string;
  /** With its public IPv4 address, in the catalog's currency; undefined = the catalog does not say. */
  readonly pricePerHour: number | undefined;
  /** What is taken up front where the account pays by the month. */
  readonly pricePerMonth: number | undefined;
  readonly available: boolean;
}

export interface Catalog {
  readonly currency: string;
  readonly plans: readonly Plan[];
  /** Of the operating system that hosts are made of. */
  readonly image: string;
}

/** Whose a thing is: in its name and tags from its first second. */
export interface Marker {
  readonly runId: string;
  /** Of the checkout and user that ordered it, so that they are told from others with the same account. */
  readonly owner: string;
  /** ISO 8601 UTC, whole seconds. */
  readonly expiresAt: string;
}

interface Order {
  /** Called before it is sent: from then on the thing may be there, whatever becomes of the call. */
  readonly onOrder?: () => void;
}

export interface NetworkOrder extends Order {
  readonly marker: Marker;
  readonly location: string;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  /** `10.89.7.0/24` */
  readonly subnet: string;
}

export interface HostOrder extends Order {
  readonly marker: Marker;
  readonly role: string;
  readonly networkId: string;
  readonly location: string;
  /** Of the catalog. */
  readonly planId: string;
  readonly image: string;
  /** OpenSSH public key line, the only one that gets in. */
  readonly authorizedKey: string;
  /** cloud-config for the first boot; only where the cloud has it. */
  readonly userData?: string;
}

/** A host that the cloud says is running. */
export interface Vm {
  readonly id: string;
  readonly name: string;
  readonly publicAddress: string;
  readonly privateAddress: string;
  /** What the cloud says that it costs; undefined = it says nothing. */
  readonly pricePerHour: number | undefined;
  /** The account pays a month up front. */
  readonly paidUpFront: boolean;
  /** It was there before this order, which therefore has put nothing into it. */
  readonly adopted: boolean;
}

/** Something in the account that bears our marker. */
export interface Thing {
  readonly kind: 'host' | 'network' | 'key';
  readonly id: string;
  readonly name: string;
  /** Of the run's id. */
  readonly hash: string;
  /** Undefined where the cloud stores a name only. */
  readonly runId: string | undefined;
  readonly owner: string;
  /** ISO 8601 UTC */
  readonly expiresAt: string;
  /** It is switched off, which nobody does with one in use. */
  readonly off: boolean;
}

export interface Patience {
  /** Until the cloud says that a host runs. */
  readonly runningMs: number;
  /** Until SSH answers after that. */
  readonly sshMs: number;
  /** Until what was removed is gone, and what it used is free. */
  readonly removalMs: number;
  readonly pollMs: number;
}

export interface Cloud {
  readonly name: CloudName;
  /** `Raff` */
  readonly title: string;
  /** The environment variable that holds the token. */
  readonly token: string;
  readonly billing: Billing;
  /** The first boot reads cloud-config. */
  readonly userData: boolean;
  readonly patience: Patience;
  /** Prices, sizes and image as they are now. Costs nothing and changes nothing. */
  catalog(signal: AbortSignal): Promise<Catalog>;
  /** Adopts one of that name. */
  makeNetwork(order: NetworkOrder, signal: AbortSignal): Promise<Network>;
  /** Adopts one of that name; ends when the cloud says that it runs. */
  makeHost(order: HostOrder, signal: AbortSignal): Promise<Vm>;
  /** All in the account that bears our marker, in the order in which it has to go. */
  find(signal: AbortSignal): Promise<Thing[]>;
  /** Ends when it is gone. One that is gone is no error. */
  remove(thing: Pick<Thing, 'kind' | 'id' | 'name'>, signal: AbortSignal): Promise<void>;
}
