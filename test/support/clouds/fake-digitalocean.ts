import { randomUUID } from 'node:crypto';
import { fingerprintOf } from '../../../infra/clouds/ssh-keys.ts';
import { asError } from '../../../scripts/shared/errors.ts';
import { boot } from './boot.ts';
import { IMAGES, REGIONS, SIZES } from './digitalocean-catalog.ts';
import type { Answer, FakeApi, FakeRequest } from './fake-server.ts';
import type { FakeHost, FakeNetwork, Machines } from './machines.ts';

type View = Record<string, unknown>;

interface Vpc {
  readonly view: View;
  /** The region's own has none. */
  readonly network?: FakeNetwork;
}
interface Droplet {
  readonly view: View & { readonly name: string; readonly tags: readonly string[] };
  ready?: Promise<void>;
  host?: FakeHost;
}

/** Removed ones are members of their VPC for so long. */
const MEMBER_MS = 200;

/** DigitalOcean as documented on 7 August 2026. */
export class FakeDigitalOcean implements FakeApi {
  readonly base = '/v2';
  hostsMade = 0;
  readonly #machines: Machines;
  readonly #createMs: number;
  readonly #vpcs = new Map<string, Vpc>();
  readonly #droplets = new Map<string, Droplet>();
  readonly #keys = new Map<string, View>();
  readonly #tags = new Set<string>();
  readonly #members = new Map<string, string>();
  readonly #twins: string[] = [];
  readonly #soldOut = new Set<unknown>();
  #lastId = 100;

  /** @param hasDefaults each region has the VPC that it takes for granted */
  constructor(machines: Machines, createMs: number, hasDefaults = true) {
    this.#machines = machines;
    this.#createMs = createMs;
    if (hasDefaults) for (const { slug } of REGIONS) this.#addDefault(slug);
  }

  error(status: number, message: string): unknown {
    return refusal(status === 429 ? 'too_many_requests' : 'server_error', message);
  }

  left(): string[] {
    return [
      ...[...this.#droplets.values()].map(({ view }) => `droplet ${view.name}`),
      ...[...this.#keys.values()].map((view) => `SSH key ${String(view['name'])}`),
      ...[...this.#vpcs.values()].flatMap(({ view, network }) =>
        network ? [`VPC ${String(view['name'])}`] : [],
      ),
      ...[...this.#tags].filter((tag) => tag.startsWith('run:')).map((tag) => `tag ${tag}`),
    ];
  }

  twins(): string[] {
    return this.#twins;
  }

  async answer(request: FakeRequest): Promise<Answer> {
    const { method, path, query, headers } = request;
    if (!/^Bearer \S+$/.test(headers.authorization ?? ''))
      return [401, refusal('unauthorized', 'Unable to authenticate you')];
    if (path === '/sizes') return [200, listed('sizes', SIZES, query)];
    if (path === '/images') return [200, listed('images', IMAGES, query)];
    const [kind = '', id = ''] = path.replace('/account/', '/').slice(1).split('/');
    if (kind === 'vpcs') return this.#vpcAnswer(request, id);
    if (kind === 'keys') return this.#keyAnswer(request, id);
    if (kind === 'tags' && method === 'DELETE')
      return this.#tags.delete(decodeURIComponent(id)) ? [204] : [404, NOT_FOUND];
    if (kind === 'droplets') return this.#dropletAnswer(request, id);
    return [404, NOT_FOUND];
  }

  #vpcAnswer(request: FakeRequest, id: string): Answer | Promise<Answer> {
    const { method, query } = request;
    if (method === 'POST') return this.#makeVpc(request);
    if (id === '')
      return [
        200,
        listed(
          'vpcs',
          [...this.#vpcs.values()].map(({ view }) => view),
          query,
        ),
      ];
    const vpc = this.#vpcs.get(id);
    if (!vpc) return [404, NOT_FOUND];
    return method === 'GET' ? [200, { vpc: vpc.view }] : this.#removeVpc(id, vpc);
  }

  async #makeVpc({ body, fault }: FakeRequest): Promise<Answer> {
    if (fault === 'over-quota') return [422, unprocessable('VPC limit reached')];
    const all = [...this.#vpcs.values()].map(({ view }) => view);
    if (all.some(({ name }) => name === body['name'])) return [422, unprocessable('VPC name must be unique')];
    try {
      const network = await this.#machines.network(String(body['ip_range']));
      const isFirst = !all.some(({ region }) => region === body['region']);
      const view = vpcView({ ...body, default: isFirst });
      this.#vpcs.set(String(view['id']), { view, network });
      return [201, { vpc: view }];
    } catch (error) {
      return [422, unprocessable(`This range overlaps with another VPC network: ${asError(error).message}`)];
    }
  }

  async #removeVpc(id: string, { view, network }: Vpc): Promise<Answer> {
    if (view['default'] === true) return [403, refusal('forbidden', 'Can not delete default VPCs')];
    if ([...this.#members.values()].includes(id))
      return [403, refusal('forbidden', 'Can not delete VPC with members')];
    this.#vpcs.delete(id);
    if (network) await this.#machines.removeNetwork(network);
    return [204];
  }

  #addDefault(region: string): void {
    const view = vpcView({ name: `default-${region}`, region, ip_range: '10.108.0.0/20', default: true });
    this.#vpcs.set(String(view['id']), { view });
  }

  #keyAnswer({ method, body, query }: FakeRequest, id: string): Answer {
    const all = [...this.#keys.values()];
    if (method === 'POST') {
      const fingerprint = fingerprintOf(String(body['public_key']));
      if (this.#keys.has(fingerprint))
        return [422, unprocessable('SSH Key is already in use on your account')];
      const view = { id: ++this.#lastId, fingerprint, ...body };
      this.#keys.set(fingerprint, view);
      return [201, { ssh_key: view }];
    }
    if (id === '') return [200, listed('ssh_keys', all, query)];
    const key = all.find((one) => String(one['id']) === id || one['fingerprint'] === id);
    if (!key) return [404, NOT_FOUND];
    if (method === 'GET') return [200, { ssh_key: key }];
    this.#keys.delete(String(key['fingerprint']));
    return [204];
  }

  #dropletAnswer(request: FakeRequest, id: string): Answer | Promise<Answer> {
    const { method, query } = request;
    if (method === 'POST') return this.#makeDroplet(request);
    const [tag, name] = [query.get('tag_name'), query.get('name')];
    const all = [...this.#droplets.values()].map(({ view }) => view);
    const fitting = all.filter(
      (view) => (tag === null || view.tags.includes(tag)) && (name === null || view.name === name),
    );
    if (id === '') return [200, listed('droplets', fitting, query)];
    const droplet = this.#droplets.get(id);
    if (!droplet) return [404, NOT_FOUND];
    return method === 'GET' ? [200, { droplet: droplet.view }] : this.#removeDroplet(id, droplet);
  }

  #makeDroplet({ body, fault }: FakeRequest): Answer {
    if (fault === 'unpaid') return [403, refusal('forbidden', 'a payment method is needed')];
    if (fault === 'sold-out-there') this.#soldOut.add(body['region']);
    if (fault === 'sold-out' || this.#soldOut.has(body['region']))
      return [422, unprocessable('Size is not available in this region.')];
    if (fault === 'over-quota')
      return [422, unprocessable('creating this/these droplet(s) will exceed your droplet limit')];
    const size = SIZES.find(({ slug }) => slug === body['size']);
    const region = REGIONS.find(({ slug }) => slug === body['region']);
    const image = IMAGES.find(({ slug }) => slug === body['image']);
    const vpc = this.#vpcs.get(String(body['vpc_uuid']));
    const key = [...this.#keys.values()].find(({ id }) => id === (body['ssh_keys'] as unknown[])[0]);
    if (!size || !region || !image || !vpc?.network || !key)
      return [422, unprocessable('unknown size, region, image, vpc_uuid or ssh_keys')];
    const name = String(body['name']);
    if ([...this.#droplets.values()].some(({ view }) => view.name === name)) this.#twins.push(name);
    const tags = (body['tags'] ?? []) as string[];
    for (const tag of tags) this.#tags.add(tag);
    const id = ++this.#lastId;
    const { memory, vcpus, disk, slug } = size;
    const what = { memory, vcpus, disk, size, size_slug: slug, image, region, vpc_uuid: body['vpc_uuid'] };
    const view = { ...EMPTY_DROPLET, ...what, id, name, tags, created_at: now() };
    const droplet: Droplet = { view };
    const order = {
      network: vpc.network,
      authorizedKey: String(key['public_key']),
      userData: body['user_data'],
    };
    droplet.ready = this.#start(droplet, order, fault);
    this.#droplets.set(String(id), droplet);
    this.#members.set(String(id), String(body['vpc_uuid']));
    this.hostsMade++;
    const href = `https://api.digitalocean.com/v2/actions/${++this.#lastId}`;
    return [202, { droplet: { ...view }, links: { actions: [{ id: this.#lastId, rel: 'create', href }] } }];
  }

  async #start(
    droplet: Droplet,
    order: Parameters<typeof boot>[1],
    fault: FakeRequest['fault'],
  ): Promise<void> {
    const booted = await boot(this.#machines, order, { createMs: this.#createMs, fault });
    if (booted === 'failure') {
      // It is taken back.
      const id = String(droplet.view['id']);
      this.#droplets.delete(id);
      this.#members.delete(id);
      return;
    }
    if (booted.host) droplet.host = booted.host;
    const at = { ip_address: booted.address, netmask: '255.255.255.0', gateway: booted.address };
    const v4 = ['public', 'private'].map((type) => ({ ...at, type }));
    Object.assign(droplet.view, { status: 'active', networks: { v4, v6: [] } });
  }

  async #removeDroplet(id: string, droplet: Droplet): Promise<Answer> {
    await droplet.ready;
    if (droplet.host) await this.#machines.removeHost(droplet.host);
    this.#droplets.delete(id);
    setTimeout(() => this.#members.delete(id), MEMBER_MS);
    return [204];
  }
}

const EMPTY_DROPLET = {
  status: 'new',
  locked: false,
  kernel: null,
  features: ['private_networking'],
  backup_ids: [],
  next_backup_window: null,
  snapshot_ids: [],
  volume_ids: [],
  networks: { v4: [], v6: [] },
};

const NOT_FOUND = refusal('not_found', 'The resource you requested could not be found.');

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z/, 'Z');
}

function refusal(id: string, message: string): unknown {
  return { id, message };
}

function unprocessable(message: string): unknown {
  return refusal('unprocessable_entity', message);
}

function vpcView(more: View): View {
  const id = randomUUID();
  return { description: '', ...more, id, urn: `do:vpc:${id}`, created_at: now() };
}

/** One page. */
function listed(kind: string, all: readonly object[], query: URLSearchParams): unknown {
  const [page, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 20)];
  return { [kind]: all.slice((page - 1) * size, page * size), links: {}, meta: { total: all.length } };
}
