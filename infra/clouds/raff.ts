import { z } from 'zod';
import { Api, CloudRefused, type RefusedFor, type SaidError } from './api.ts';
import type { Catalog, Cloud, HostOrder, Network, NetworkOrder, Patience, Plan, Thing, Vm } from './cloud.ts';
import { nameOf, tagsOf, thingOf } from './names.ts';
import { makeOnce, removeWhenFree, waitUntil } from './once.ts';
import { baseOf, tokenOf, type Env } from './settings.ts';
import { freeSubnets } from './subnets.ts';

/* Raff Technologies, by its published OpenAPI document of 5 October 2026. */

const TITLE = 'Raff';
const TOKEN = 'RAFF_API_KEY';
const BASE = 'https://api.rafftechnologies.com';
const PAGE = 20;
const GB = 1024 ** 3;
/** Debian, newest first; the catalog writes `13x64`. */
const IMAGE = { name: 'Debian', versions: ['13', '12'] };

const vmSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  price_per_hour: z.union([z.string(), z.number()]).nullish(),
  billing_type: z.string().nullish(),
  public_ipv4_address: z.string().nullish(),
  private_ipv4_address: z.string().nullish(),
  tags: z.array(z.object({ name: z.string() })).nullish(),
});
type RaffVm = z.infer<typeof vmSchema>;
const vpcSchema = z.object({ id: z.string(), name: z.string(), cidr: z.string(), status: z.string() });
const planSchema = z.object({
  id: z.number(),
  vcpu: z.number(),
  memory_gib: z.number(),
  ssd_gib: z.number(),
  price_per_hour: z.number().nullish(),
  monthly_price: z.number().nullish(),
  vm_type: z.string(),
  region: z.string(),
  out_of_stock: z.boolean().nullish(),
});
const templateSchema = z.object({ id: z.string(), name: z.string(), version: z.string() });
const oneOf = <T>(schema: z.ZodType<T>) => z.object({ data: schema }).transform(({ data }) => data);
const someOf = <T>(schema: z.ZodType<T>) =>
  z.object({ data: z.array(schema).nullish(), total: z.number().nullish() });

export class Raff implements Cloud {
  readonly name = 'raff';
  readonly title = TITLE;
  readonly token = TOKEN;
  readonly billing = {
    unitMs: 3_600_000,
    minimumMs: 3_600_000,
    rule: 'by the hour started; a month up front where the account subscribes',
  };
  readonly userData = false;
  readonly patience: Patience;
  readonly #env: Env;
  readonly #api: Api;
  #project: Promise<string> | undefined;
  #projectId: string | undefined;

  /** @param pollMs between two looks, and before a second try */
  constructor(env: Env, pollMs = 2_000) {
    this.#env = env;
    this.patience = { runningMs: 600_000, sshMs: 180_000, removalMs: 240_000, pollMs };
    this.#api = new Api({
      title: TITLE,
      base: `${baseOf(env, 'RAFF_API_URL', BASE)}/api/v1`,
      headers: () => ({
        'X-API-Key': tokenOf(env, TOKEN, TITLE),
        ...(this.#projectId === undefined ? {} : { 'X-Project-ID': this.#projectId }),
      }),
      said,
      pauseMs: pollMs / 2,
    });
  }

  async catalog(signal: AbortSignal): Promise<Catalog> {
    await this.#inProject(signal);
    const plans = z.object({ plans: z.array(planSchema) });
    const [priced, templates] = await Promise.all([
      this.#api.get('/public/pricing/vm', plans, signal),
      this.#api.get('/public/templates?category=os', someOf(templateSchema), signal),
    ]);
    const systems = (templates.data ?? []).filter(({ name }) => name === IMAGE.name);
    const newest = IMAGE.versions.flatMap((wanted) =>
      systems.filter(({ version }) => version.startsWith(wanted)),
    );
    const image = newest[0]?.id;
    if (image === undefined) throw nothingOf(`no template of ${IMAGE.name} ${IMAGE.versions.join(' or ')}`);
    const linux = priced.plans.filter(({ vm_type }) => vm_type === 'standard' || vm_type === 'premium');
    return { currency: 'USD', image, plans: linux.map(planOf) };
  }

  async makeNetwork({ marker, location, onOrder }: NetworkOrder, signal: AbortSignal): Promise<Network> {
    await this.#inProject(signal);
    const name = nameOf(marker, 'network');
    const vpcs = () => this.#api.get('/vpcs', someOf(vpcSchema), signal).then(({ data }) => data ?? []);
    const look = async () => (await vpcs()).find((vpc) => vpc.name === name);
    const taken = (await vpcs()).map(({ cidr }) => cidr);
    const post = async () => {
      for (const cidr of freeSubnets(marker.runId, taken)) {
        try {
          return await this.#api.post('/vpcs', { name, cidr, region: location }, oneOf(vpcSchema), signal);
        } catch (error) {
          if (!isOverlap(error)) throw error;
        }
      }
      throw nothingOf('no free subnet for a VPC');
    };
    const { cidr } = (await makeOnce({ look, post, onOrder, signal, pauseMs: this.patience.pollMs })).made;
    const active = async () => (await vpcs()).find((vpc) => vpc.name === name && vpc.status === 'active');
    const { pollMs, runningMs: limitMs } = this.patience;
    const { id } = await waitUntil({
      look: active,
      what: `VPC ${name} of ${TITLE}`,
      pollMs,
      limitMs,
      signal,
    });
    return { id, name, subnet: cidr };
  }

  async makeHost(order: HostOrder, signal: AbortSignal): Promise<Vm> {
    await this.#inProject(signal);
    const { marker, role, networkId, location, planId, image, onOrder, authorizedKey } = order;
    const name = nameOf(marker, role);
    const look = async () => (await this.#vms(signal)).find((vm) => vm.name === name);
    const post = () =>
      this.#api.post(
        '/vms',
        {
          name,
          region: location,
          template_id: image,
          pricing_id: Number(planId),
          vpc_id: networkId,
          ssh_keys: [authorizedKey.trim()],
          tags: tagsOf(marker),
        },
        oneOf(vmSchema),
        signal,
      );
    const { made, adopted } = await makeOnce({ look, post, onOrder, signal, pauseMs: this.patience.pollMs });
    return waitUntil({
      look: () => this.#running(made.id, adopted, signal),
      pollMs: this.patience.pollMs,
      limitMs: this.patience.runningMs,
      what: `VM ${name} of ${TITLE}`,
      signal,
    });
  }

  async find(signal: AbortSignal): Promise<Thing[]> {
    await this.#inProject(signal);
    const hosts = (await this.#vms(signal)).flatMap(({ id, name, status, tags }) => {
      const off = status === 'passive' || status === 'failure';
      return thingOf({ kind: 'host', id, name, off, tags: (tags ?? []).map((tag) => tag.name) }) ?? [];
    });
    const { data } = await this.#api.get('/vpcs', someOf(vpcSchema), signal);
    const networks = (data ?? []).flatMap(({ id, name }) => thingOf({ kind: 'network', id, name }) ?? []);
    return [...hosts, ...networks];
  }

  async remove({ kind, id, name }: Thing, signal: AbortSignal): Promise<void> {
    await this.#inProject(signal);
    const wait = { pollMs: this.patience.pollMs, limitMs: this.patience.removalMs, signal };
    if (kind === 'host') {
      // Its defaults would delete volumes and the network along with it.
      const body = { volume_action: 'detach', delete_vpc: false };
      await removeWhenFree({ remove: () => this.#api.delete(`/vms/${id}`, signal, body), ...wait });
      const gone = async () => ((await this.#vm(id, signal)) === undefined ? true : undefined);
      await waitUntil({ look: gone, what: `removing VM ${name} of ${TITLE}`, ...wait });
      return;
    }
    await removeWhenFree({ remove: () => this.#api.delete(`/vpcs/${id}`, signal), ...wait });
  }

  async #vms(signal: AbortSignal): Promise<RaffVm[]> {
    const found: RaffVm[] = [];
    for (;;) {
      const path = `/vms?limit=${PAGE}&offset=${found.length}`;
      const { data, total } = await this.#api.get(path, someOf(vmSchema), signal);
      found.push(...(data ?? []));
      if ((data ?? []).length === 0 || found.length >= (total ?? Infinity)) return found;
    }
  }

  /** Undefined where it is gone. */
  async #vm(id: string, signal: AbortSignal): Promise<RaffVm | undefined> {
    const vm = await this.#api.find(`/vms/${id}`, oneOf(vmSchema), signal);
    return vm?.status === 'terminated' ? undefined : vm;
  }

  async #running(id: string, adopted: boolean, signal: AbortSignal): Promise<Vm | undefined> {
    const vm = await this.#vm(id, signal);
    if (vm === undefined) throw nothingOf(`VM ${id} is gone`);
    if (vm.status === 'failure') throw nothingOf(`VM ${vm.name} could not be made: its status is failure`);
    const { public_ipv4_address: open, private_ipv4_address: inner, price_per_hour: price } = vm;
    if (vm.status !== 'active' || !open || !inner) return undefined;
    return {
      id,
      name: vm.name,
      publicAddress: open,
      privateAddress: inner,
      pricePerHour: price ? Number(price) : undefined,
      paidUpFront: vm.billing_type === 'subscription',
      adopted,
    };
  }

  /** Every change asks for a project: the named one, else the account's default. */
  async #inProject(signal: AbortSignal): Promise<void> {
    const named = this.#env['RAFF_PROJECT_ID']?.trim() ?? '';
    this.#project ??= named === '' ? this.#defaultProject(signal) : Promise.resolve(named);
    this.#project.catch(() => (this.#project = undefined));
    this.#projectId = await this.#project;
  }

  async #defaultProject(signal: AbortSignal): Promise<string> {
    const schema = someOf(z.object({ id: z.string(), is_default: z.boolean().nullish() }));
    const { data } = await this.#api.get('/projects', schema, signal);
    const project = data?.find(({ is_default }) => is_default) ?? data?.[0];
    if (project === undefined) throw nothingOf('the account has no project');
    return project.id;
  }
}

function planOf(plan: z.infer<typeof planSchema>): Plan {
  const { id, vcpu, memory_gib: memory, ssd_gib: disk, vm_type: type, region } = plan;
  return {
    id: String(id),
    title: `${type} ${vcpu} vCPU, ${memory} GB, ${disk} GB`,
    cpus: vcpu,
    memoryBytes: memory * GB,
    location: region,
    class: type === 'premium' ? 'dedicated' : 'shared',
    pricePerHour: plan.price_per_hour ?? undefined,
    pricePerMonth: plan.monthly_price ?? undefined,
    available: plan.out_of_stock !== true,
  };
}

const bodySchema = z.object({
  error: z.string().nullish(),
  message: z.string().nullish(),
  reason: z.string().nullish(),
});

function said(status: number, body: unknown): SaidError {
  const { message, error, reason } = bodySchema.safeParse(body).data ?? {};
  const text = message ?? error ?? 'no reason given';
  return {
    message: reason ? `${text} (${reason})` : text,
    about: aboutOf(status, text, reason ?? undefined),
  };
}

function aboutOf(status: number, text: string, reason: string | undefined): RefusedFor {
  if (status === 402 || reason !== undefined) return 'billing';
  if (/quota|too many vms|limit/i.test(text) && status !== 429) return 'quota';
  if (/out of stock|sold out|no capacity|not available/i.test(text)) return 'soldOut';
  if (/already (used|exists|in use)/i.test(text)) return 'taken';
  if (/attached|in use/i.test(text)) return 'inUse';
  return status === 401 || status === 403 ? 'access' : 'other';
}

function isOverlap(error: unknown): boolean {
  return error instanceof CloudRefused && /overlap|cidr/i.test(error.message);
}

function nothingOf(what: string): CloudRefused {
  return new CloudRefused(`${TITLE}: ${what}`, {
    status: 0,
    about: 'other',
    hint: 'look at the account on its dashboard, and try again',
  });
}
