import { z } from 'zod';
import { Api, CloudRefused, type RefusedFor, type SaidError } from './api.ts';
import type { Catalog, Cloud, HostOrder, Network, NetworkOrder, Patience, Plan, Thing, Vm } from './cloud.ts';
import { MARK, nameOf, tagsOf, thingOf } from './names.ts';
import { makeOnce, removeWhenFree, waitUntil } from './once.ts';
import { baseOf, tokenOf, type Env } from './settings.ts';
import { fingerprintOf } from './ssh-keys.ts';
import { inFreeSubnet } from './subnets.ts';

/* DigitalOcean, by its published OpenAPI document of 7 August 2026. */

const TITLE = 'DigitalOcean';
const TOKEN = 'DIGITALOCEAN_TOKEN';
const BASE = 'https://api.digitalocean.com';
const PAGE = 200;
const MB = 1024 ** 2;
/** Newest first. */
const IMAGES = ['debian-13-x64', 'debian-12-x64'];
/** The tag of a run, which is of no use once nothing of it is left. */
const RUN_TAG = /^run:/;
const PATHS = { host: 'droplets', network: 'vpcs', key: 'account/keys' } as const;

const addressSchema = z.object({ ip_address: z.string(), type: z.string() });
const dropletSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  size: z.object({ price_hourly: z.number().nullish() }).nullish(),
  networks: z.object({ v4: z.array(addressSchema).nullish() }),
  tags: z.array(z.string()),
});
const vpcSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  region: z.string(),
  ip_range: z.string(),
  default: z.boolean(),
});
const keySchema = z.object({ id: z.number(), name: z.string() });
const sizeSchema = z.object({
  slug: z.string(),
  memory: z.number(),
  vcpus: z.number(),
  disk: z.number(),
  price_hourly: z.number(),
  regions: z.array(z.string()),
  available: z.boolean(),
  gpu_info: z.unknown().optional(),
});
const imageSchema = z.object({ slug: z.string().nullish(), regions: z.array(z.string()) });

export class DigitalOcean implements Cloud {
  readonly name = 'digitalocean';
  readonly title = TITLE;
  readonly token = TOKEN;
  readonly billing = {
    unitMs: 1_000,
    minimumMs: 60_000,
    minimumAmount: 0.01,
    rule: 'by the second, a minute or $0.01 at least',
  };
  readonly userData = true;
  readonly patience: Patience;
  readonly #api: Api;

  /** @param pollMs between two looks, and before a second try */
  constructor(env: Env, pollMs = 3_000) {
    this.patience = { runningMs: 300_000, sshMs: 180_000, removalMs: 240_000, pollMs };
    this.#api = new Api({
      title: TITLE,
      base: `${baseOf(env, 'DIGITALOCEAN_API_URL', BASE)}/v2`,
      headers: () => ({ Authorization: `Bearer ${tokenOf(env, TOKEN, TITLE)}` }),
      said,
      pauseMs: pollMs / 2,
    });
  }

  async catalog(signal: AbortSignal): Promise<Catalog> {
    const [sizes, images] = await Promise.all([
      this.#all('sizes', 'sizes', sizeSchema, signal),
      this.#all('images?type=distribution', 'images', imageSchema, signal),
    ]);
    const bySlug = new Map(images.map((image) => [image.slug, image]));
    const image = IMAGES.find((slug) => bySlug.has(slug));
    if (image === undefined) throw nothingOf(`no image ${IMAGES.join(' or ')}`);
    const regions = bySlug.get(image)?.regions ?? [];
    const plain = sizes.filter(({ gpu_info: gpu }) => gpu === undefined);
    return { currency: 'USD', image, plans: plain.flatMap((size) => plansOf(size, regions)) };
  }

  async makeNetwork({ marker, location, onOrder }: NetworkOrder, signal: AbortSignal): Promise<Network> {
    const name = nameOf(marker, 'network');
    const vpcs = () => this.#all('vpcs', 'vpcs', vpcSchema, signal);
    const look = async () => (await vpcs()).find((vpc) => vpc.name === name);
    const there = await vpcs();
    const hasDefault = there.some((vpc) => vpc.region === location && vpc.default);
    if (!hasDefault && !there.some((vpc) => vpc.name === name)) throw wouldStay(location);
    const taken = there.map(({ ip_range: range }) => range);
    // It has no tags: what they would say is its description.
    const description = tagsOf(marker).join(' ');
    const post = () =>
      inFreeSubnet(marker.runId, taken, async (range) => {
        const body = { name, description, region: location, ip_range: range };
        return (await this.#api.post('/vpcs', body, z.object({ vpc: vpcSchema }), signal)).vpc;
      });
    const { made } = await makeOnce({ look, post, onOrder, signal, pauseMs: this.patience.pollMs });
    return { id: made.id, name, subnet: made.ip_range };
  }

  async makeHost(order: HostOrder, signal: AbortSignal): Promise<Vm> {
    const { marker, role, networkId, location, planId, image, onOrder, userData } = order;
    const name = nameOf(marker, role);
    const key = await this.#key(order, signal);
    const same = `droplets?name=${name}`;
    const look = async () => (await this.#all(same, 'droplets', dropletSchema, signal))[0];
    const body = {
      name,
      image,
      region: location,
      size: planId,
      vpc_uuid: networkId,
      ssh_keys: [key],
      tags: tagsOf(marker),
      ...(userData === undefined ? {} : { user_data: userData }),
    };
    const post = async () =>
      (await this.#api.post('/droplets', body, z.object({ droplet: dropletSchema }), signal)).droplet;
    const { made, adopted } = await makeOnce({ look, post, onOrder, signal, pauseMs: this.patience.pollMs });
    return waitUntil({
      look: () => this.#running(made.id, adopted, signal),
      pollMs: this.patience.pollMs,
      limitMs: this.patience.runningMs,
      what: `droplet ${name} of ${TITLE}`,
      signal,
    });
  }

  async find(signal: AbortSignal): Promise<Thing[]> {
    const [droplets, keys, vpcs] = await Promise.all([
      this.#all(`droplets?tag_name=${MARK}`, 'droplets', dropletSchema, signal),
      this.#all('account/keys', 'ssh_keys', keySchema, signal),
      this.#all('vpcs', 'vpcs', vpcSchema, signal),
    ]);
    const found = [
      ...droplets.map(({ id, name, status, tags }) => {
        return thingOf({ kind: 'host', id: String(id), name, off: status === 'off', tags });
      }),
      ...keys.map(({ id, name }) => thingOf({ kind: 'key', id: String(id), name })),
      ...vpcs.map(({ id, name, description }) => {
        return thingOf({ kind: 'network', id, name, tags: tagsIn(description) });
      }),
    ];
    return found.flatMap((thing) => thing ?? []);
  }

  async remove({ kind, id, name }: Thing, signal: AbortSignal): Promise<void> {
    const path = `/${PATHS[kind]}/${id}`;
    const wait = { pollMs: this.patience.pollMs, limitMs: this.patience.removalMs, signal };
    const what = `removing ${kind} ${name} of ${TITLE}`;
    const run = kind === 'network' ? await this.#runTagOf(path, signal) : undefined;
    // Before what names it: nobody would find it any more, and one for each run there ever was would stay.
    if (run !== undefined) await this.#api.delete(`/tags/${encodeURIComponent(run)}`, signal);
    await removeWhenFree({ remove: () => this.#api.delete(path, signal), ...wait });
    const gone = async () =>
      (await this.#api.find(path, z.unknown(), signal)) === undefined ? true : undefined;
    await waitUntil({ look: gone, what, ...wait });
  }

  async #runTagOf(path: string, signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.#api.find(path, z.object({ vpc: vpcSchema }), signal);
    return tagsIn(answer?.vpc.description).find((tag) => RUN_TAG.test(tag));
  }

  async #running(id: number, adopted: boolean, signal: AbortSignal): Promise<Vm | undefined> {
    const answer = await this.#api.find(`/droplets/${id}`, z.object({ droplet: dropletSchema }), signal);
    if (answer === undefined) throw nothingOf(`droplet ${id} could not be made: it is gone`);
    const { name, status, size, networks } = answer.droplet;
    const addressOf = (wanted: string): string | undefined =>
      networks.v4?.find(({ type }) => type === wanted)?.ip_address;
    const [open, inner] = [addressOf('public'), addressOf('private')];
    if (status !== 'active' || open === undefined || inner === undefined) return undefined;
    const pricePerHour = size?.price_hourly ?? undefined;
    return {
      id: String(id),
      name,
      publicAddress: open,
      privateAddress: inner,
      pricePerHour,
      paidUpFront: false,
      adopted,
    };
  }

  /** Without a key of the account a droplet gets a password by mail. It is called as the network, and goes with it. */
  async #key({ marker, authorizedKey }: HostOrder, signal: AbortSignal): Promise<number> {
    const schema = z.object({ ssh_key: keySchema });
    const path = `/account/keys/${fingerprintOf(authorizedKey)}`;
    const look = async () => (await this.#api.find(path, schema, signal))?.ssh_key;
    const body = { name: nameOf(marker, 'network'), public_key: authorizedKey.trim() };
    const post = async () => (await this.#api.post('/account/keys', body, schema, signal)).ssh_key;
    return (await makeOnce({ look, post, signal, pauseMs: this.patience.pollMs })).made.id;
  }

  /** All pages of a list. */
  async #all<T>(path: string, key: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T[]> {
    const answers = z.object({ meta: z.object({ total: z.number() }), [key]: z.array(schema) });
    const found: T[] = [];
    for (let page = 1; ; page++) {
      const query = `${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`;
      const answer = await this.#api.get(`/${path}${query}`, answers, signal);
      const some = answer[key] as T[];
      found.push(...some);
      if (some.length === 0 || found.length >= (answer.meta as { total: number }).total) return found;
    }
  }
}

/** One for each region in which there is also the image. */
function plansOf(size: z.infer<typeof sizeSchema>, regions: readonly string[]): Plan[] {
  const { slug, vcpus, memory, disk, price_hourly: price, available } = size;
  return size.regions
    .filter((region) => regions.includes(region))
    .map((region) => ({
      id: slug,
      title: `${slug} ${vcpus} vCPU, ${memory / 1024} GB, ${disk} GB`,
      cpus: vcpus,
      memoryBytes: memory * MB,
      location: region,
      // Basic ones, whichever processor they are of, share it; all others have theirs.
      class: slug.startsWith('s-') ? 'shared' : 'dedicated',
      pricePerHour: price,
      pricePerMonth: undefined,
      available,
    }));
}

function tagsIn(description: string | null | undefined): string[] {
  return (description ?? '').split(' ');
}

const errorSchema = z.object({ id: z.string(), message: z.string() });

function said(status: number, body: unknown): SaidError {
  const { id, message } = errorSchema.safeParse(body).data ?? {};
  const text = message === undefined ? 'no reason given' : `${message} (${id ?? ''})`;
  return { message: text, about: aboutOf(status, text) };
}

function aboutOf(status: number, text: string): RefusedFor {
  if (status === 402 || /payment|billing|balance/i.test(text)) return 'billing';
  if (/limit/i.test(text) && status !== 429) return 'quota';
  if (/not available|unavailable|out of stock|capacity/i.test(text)) return 'soldOut';
  if (/already (in use|exists|taken)|must be unique/i.test(text)) return 'taken';
  if (status === 409 || status === 423 || /with members|pending event|in use/i.test(text)) return 'inUse';
  return status === 401 || status === 403 ? 'access' : 'other';
}

/** The first VPC of a region becomes its default one, which can never be removed. */
function wouldStay(region: string): CloudRefused {
  const what = `the account has no VPC in ${region}, and the first there would stay for good`;
  const hint = `make its default one, which costs nothing: doctl vpcs create --name default-${region} --region ${region}`;
  return new CloudRefused(`${TITLE}: ${what}`, { status: 0, about: 'other', hint });
}

function nothingOf(what: string): CloudRefused {
  const hint = 'look at the account in its control panel, and try again';
  return new CloudRefused(`${TITLE}: ${what}`, { status: 0, about: 'other', hint });
}
