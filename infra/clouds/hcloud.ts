import { z } from 'zod';
import { Api, CloudRefused, type RefusedFor, type SaidError } from './api.ts';
import type { Catalog, Cloud, HostOrder, Network, NetworkOrder, Patience, Plan, Thing, Vm } from './cloud.ts';
import { MARK, nameOf, tagsOf, thingOf } from './names.ts';
import { makeOnce, removeWhenFree, waitUntil } from './once.ts';
import { baseOf, tokenOf, type Env } from './settings.ts';
import { fingerprintOf } from './ssh-keys.ts';
import { inFreeSubnet } from './subnets.ts';

/* Hetzner Cloud, by its API reference (docs.hetzner.cloud) as its own client libraries have it. */

const TITLE = 'Hetzner Cloud';
const TOKEN = 'HCLOUD_TOKEN';
const BASE = 'https://api.hetzner.cloud';
const PAGE = 50;
const GB = 1024 ** 3;
/** Newest first. */
const IMAGES = ['debian-13', 'debian-12'];
/** What is sent runs on no other. */
const ARCHITECTURE = 'x86';
/** What a label's value may be; another is left out. */
const LABEL = /^([a-z0-9A-Z]([-_.a-z0-9A-Z]{0,61}[a-z0-9A-Z])?)?$/;
const PATHS = { host: 'servers', network: 'networks', key: 'ssh_keys' } as const;

const labelled = { id: z.number(), name: z.string(), labels: z.record(z.string(), z.string()) };
const serverSchema = z.object({
  ...labelled,
  status: z.string(),
  public_net: z.object({ ipv4: z.object({ ip: z.string() }).nullish() }),
  private_net: z.array(z.object({ network: z.number(), ip: z.string() })),
});
const thingSchema = z.object({ ...labelled, status: z.string().nullish(), created: z.string() });
const networkSchema = z.object({ ...labelled, ip_range: z.string() });
const keySchema = z.object({ id: z.number() });
const hourly = { location: z.string(), price_hourly: z.object({ gross: z.coerce.number() }) };
const deprecationSchema = z.object({ unavailable_after: z.string() }).nullish();
const typeSchema = z.object({
  name: z.string(),
  cores: z.number(),
  memory: z.number(),
  disk: z.number(),
  cpu_type: z.string(),
  architecture: z.string(),
  prices: z.array(z.object(hourly)),
  deprecation: deprecationSchema,
  locations: z
    .array(z.object({ name: z.string(), available: z.boolean().nullish(), deprecation: deprecationSchema }))
    .nullish(),
});
const pricingSchema = z.object({
  pricing: z.object({
    currency: z.string(),
    primary_ips: z.array(z.object({ type: z.string(), prices: z.array(z.object(hourly)) })),
  }),
});
const metaSchema = z.object({ pagination: z.object({ next_page: z.number().nullish() }) }).nullish();

export class Hcloud implements Cloud {
  readonly name = 'hcloud';
  readonly title = TITLE;
  readonly token = TOKEN;
  readonly billing = {
    unitMs: 3_600_000,
    minimumMs: 3_600_000,
    rule: 'by the hour started, with the public IPv4 address and VAT',
  };
  readonly userData = true;
  readonly patience: Patience;
  readonly #api: Api;

  /** @param pollMs between two looks, and before a second try */
  constructor(env: Env, pollMs = 2_000) {
    this.patience = { runningMs: 300_000, sshMs: 180_000, removalMs: 180_000, pollMs };
    this.#api = new Api({
      title: TITLE,
      base: `${baseOf(env, 'HCLOUD_API_URL', BASE)}/v1`,
      headers: () => ({ Authorization: `Bearer ${tokenOf(env, TOKEN, TITLE)}` }),
      said,
      pauseMs: pollMs / 2,
    });
  }

  async catalog(signal: AbortSignal): Promise<Catalog> {
    const images = `images?type=system&architecture=${ARCHITECTURE}`;
    const [types, systems, { pricing }] = await Promise.all([
      this.#all('server_types', 'server_types', typeSchema, signal),
      this.#all(images, 'images', z.object({ name: z.string().nullish() }), signal),
      this.#api.get('/pricing', pricingSchema, signal),
    ]);
    const image = IMAGES.find((wanted) => systems.some(({ name }) => name === wanted));
    if (image === undefined) throw nothingOf(`no image ${IMAGES.join(' or ')}`);
    const addresses = pricing.primary_ips.find(({ type }) => type === 'ipv4')?.prices ?? [];
    const addressAt = new Map(addresses.map((price) => [price.location, price.price_hourly.gross]));
    const usable = types.filter(({ architecture }) => architecture === ARCHITECTURE);
    return { currency: pricing.currency, image, plans: usable.flatMap((type) => plansOf(type, addressAt)) };
  }

  async makeNetwork({ marker, location, onOrder }: NetworkOrder, signal: AbortSignal): Promise<Network> {
    const name = nameOf(marker, 'network');
    const look = async () => (await this.#all(`networks?name=${name}`, 'networks', networkSchema, signal))[0];
    const zone = await this.#zoneOf(location, signal);
    const post = () =>
      inFreeSubnet(marker.runId, [], async (subnet) => {
        const subnets = [{ type: 'cloud', ip_range: subnet, network_zone: zone }];
        const body = { name, ip_range: subnet, subnets, labels: labelsOf(tagsOf(marker)) };
        return (await this.#api.post('/networks', body, z.object({ network: networkSchema }), signal))
          .network;
      });
    const { made } = await makeOnce({ look, post, onOrder, signal, pauseMs: this.patience.pollMs });
    return { id: String(made.id), name, subnet: made.ip_range };
  }

  async makeHost(order: HostOrder, signal: AbortSignal): Promise<Vm> {
    const { marker, role, networkId, location, planId, image, onOrder, userData } = order;
    const name = nameOf(marker, role);
    const key = await this.#key(order, signal);
    const look = async () => (await this.#all(`servers?name=${name}`, 'servers', serverSchema, signal))[0];
    const body = {
      name,
      location,
      image,
      server_type: planId,
      networks: [Number(networkId)],
      ssh_keys: [key],
      labels: labelsOf(tagsOf(marker)),
      public_net: { enable_ipv4: true, enable_ipv6: false },
      ...(userData === undefined ? {} : { user_data: userData }),
    };
    const post = async () =>
      (await this.#api.post('/servers', body, z.object({ server: serverSchema }), signal)).server;
    const { made, adopted } = await makeOnce({ look, post, onOrder, signal, pauseMs: this.patience.pollMs });
    return waitUntil({
      look: () => this.#running(made.id, { networkId, adopted }, signal),
      pollMs: this.patience.pollMs,
      limitMs: this.patience.runningMs,
      what: `server ${name} of ${TITLE}`,
      signal,
    });
  }

  async find(signal: AbortSignal): Promise<Thing[]> {
    const kinds = ['host', 'key', 'network'] as const;
    const found = await Promise.all(
      kinds.map(async (kind) => {
        const path = `${PATHS[kind]}?label_selector=${MARK}`;
        const things = await this.#all(path, PATHS[kind], thingSchema, signal);
        return things.flatMap(({ id, name, labels, status, created }) => {
          // A new one may be off for a moment before its first start.
          const off = status === 'off' && Date.now() - Date.parse(created) > this.patience.runningMs;
          return thingOf({ kind, id: String(id), name, off, tags: tagsIn(labels) }) ?? [];
        });
      }),
    );
    return found.flat();
  }

  async remove({ kind, id, name }: Thing, signal: AbortSignal): Promise<void> {
    const path = `/${PATHS[kind]}/${id}`;
    const wait = { pollMs: this.patience.pollMs, limitMs: this.patience.removalMs, signal };
    const what = `removing ${kind} ${name} of ${TITLE}`;
    await removeWhenFree({ remove: () => this.#api.delete(path, signal), ...wait });
    const gone = async () =>
      (await this.#api.find(path, z.unknown(), signal)) === undefined ? true : undefined;
    await waitUntil({ look: gone, what, ...wait });
  }

  async #running(
    id: number,
    { networkId, adopted }: { networkId: string; adopted: boolean },
    signal: AbortSignal,
  ): Promise<Vm | undefined> {
    const answer = await this.#api.find(`/servers/${id}`, z.object({ server: serverSchema }), signal);
    if (answer === undefined) throw nothingOf(`server ${id} could not be made: it is gone`);
    const { name, status, public_net: open, private_net: inner } = answer.server;
    const address = inner.find(({ network }) => network === Number(networkId))?.ip;
    if (status !== 'running' || !open.ipv4 || address === undefined) return undefined;
    const addresses = { publicAddress: open.ipv4.ip, privateAddress: address };
    return { id: String(id), name, ...addresses, pricePerHour: undefined, paidUpFront: false, adopted };
  }

  /** Without a key of the account a server gets a password by mail. It is called as the network, and goes with it. */
  async #key({ marker, authorizedKey }: HostOrder, signal: AbortSignal): Promise<number> {
    const same = `ssh_keys?fingerprint=${encodeURIComponent(fingerprintOf(authorizedKey))}`;
    const look = async () => (await this.#all(same, 'ssh_keys', keySchema, signal))[0];
    const name = nameOf(marker, 'network');
    const body = { name, public_key: authorizedKey.trim(), labels: labelsOf(tagsOf(marker)) };
    const post = async () =>
      (await this.#api.post('/ssh_keys', body, z.object({ ssh_key: keySchema }), signal)).ssh_key;
    return (await makeOnce({ look, post, signal, pauseMs: this.patience.pollMs })).made.id;
  }

  async #zoneOf(location: string, signal: AbortSignal): Promise<string> {
    const schema = z.object({ name: z.string(), network_zone: z.string() });
    const path = `locations?name=${encodeURIComponent(location)}`;
    const [found] = await this.#all(path, 'locations', schema, signal);
    if (found === undefined) throw nothingOf(`no location ${location}`);
    return found.network_zone;
  }

  /** All pages of a list. */
  async #all<T>(path: string, key: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T[]> {
    const answers = z.object({ meta: metaSchema, [key]: z.array(schema) });
    const found: T[] = [];
    for (let page: number | null | undefined = 1; page;) {
      const query = `${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`;
      const answer: z.infer<typeof answers> = await this.#api.get(`/${path}${query}`, answers, signal);
      found.push(...(answer[key] as T[]));
      page = (answer.meta as z.infer<typeof metaSchema>)?.pagination.next_page;
    }
    return found;
  }
}

/** One for each location, which has prices of its own. */
function plansOf(type: z.infer<typeof typeSchema>, addressAt: ReadonlyMap<string, number>): Plan[] {
  const { name, cores, memory, disk, cpu_type: kind, prices, locations, deprecation } = type;
  const isOver = (end: z.infer<typeof deprecationSchema>): boolean =>
    end ? Date.parse(end.unavailable_after) <= Date.now() : false;
  return prices.map(({ location, price_hourly: price }) => {
    const address = addressAt.get(location);
    const here = locations?.find((one) => one.name === location);
    const isThere = locations ? here !== undefined && here.available !== false : true;
    return {
      id: name,
      title: `${name} ${kind} ${cores} vCPU, ${memory} GB, ${disk} GB`,
      cpus: cores,
      memoryBytes: memory * GB,
      location,
      class: kind === 'dedicated' ? 'dedicated' : 'shared',
      pricePerHour: address === undefined ? undefined : price.gross + address,
      pricePerMonth: undefined,
      available: isThere && !isOver(deprecation) && !isOver(here?.deprecation),
    };
  });
}

/** `owner:…` as the label `owner`. */
function labelsOf(tags: readonly string[]): Record<string, string> {
  const pairs = tags.map((tag) => tag.split(':', 2)).map(([key = '', value = '']) => [key, value] as const);
  return Object.fromEntries(pairs.filter(([, value]) => LABEL.test(value)));
}

function tagsIn(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => (value === '' ? key : `${key}:${value}`));
}

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

const ABOUT: Readonly<Record<string, RefusedFor>> = {
  uniqueness_error: 'taken',
  resource_limit_exceeded: 'quota',
  resource_unavailable: 'soldOut',
  placement_error: 'soldOut',
  locked: 'inUse',
  conflict: 'inUse',
  resource_in_use: 'inUse',
  unauthorized: 'access',
  forbidden: 'access',
  token_readonly: 'access',
};

const BY_STATUS: Readonly<Record<number, RefusedFor>> = { 401: 'access', 402: 'billing', 403: 'access' };

function said(status: number, body: unknown): SaidError {
  const { error } = errorSchema.safeParse(body).data ?? {};
  const about = ABOUT[error?.code ?? ''] ?? BY_STATUS[status] ?? 'other';
  return { message: error ? `${error.message} (${error.code})` : 'no reason given', about };
}

function nothingOf(what: string): CloudRefused {
  const hint = 'look at the project in its console, and try again';
  return new CloudRefused(`${TITLE}: ${what}`, { status: 0, about: 'other', hint });
}
