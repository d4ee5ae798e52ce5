import { fingerprintOf } from '../../../infra/clouds/ssh-keys.ts';
import { asError } from '../../../scripts/shared/errors.ts';
import { boot } from './boot.ts';
import type { Answer, FakeApi, FakeRequest } from './fake-server.ts';
import { IMAGES, LOCATIONS, pricing, SERVER_TYPES } from './hcloud-catalog.ts';
import type { FakeHost, FakeNetwork, Machines } from './machines.ts';

interface Thing {
  readonly view: Record<string, unknown> & {
    readonly id: number;
    readonly name: string;
    readonly labels: Record<string, string>;
  };
  /** Of a network. */
  readonly network?: FakeNetwork;
  /** Of a server. */
  ready?: Promise<void>;
  host?: FakeHost;
}

const KINDS = ['servers', 'networks', 'ssh_keys'] as const;
type Kind = (typeof KINDS)[number];
const ONE = { servers: 'server', networks: 'network', ssh_keys: 'ssh_key' } as const;
const FIXED: Readonly<Record<string, readonly object[]>> = {
  '/server_types': SERVER_TYPES,
  '/images': IMAGES,
  '/locations': LOCATIONS,
};

/** Hetzner Cloud as its API reference has it. */
export class FakeHcloud implements FakeApi {
  readonly base = '/v1';
  hostsMade = 0;
  readonly #machines: Machines;
  readonly #createMs: number;
  readonly #things: Record<Kind, Thing[]> = { servers: [], networks: [], ssh_keys: [] };
  readonly #twins: string[] = [];
  readonly #soldOut = new Set<unknown>();
  #lastId = 1_000;

  constructor(machines: Machines, createMs: number) {
    this.#machines = machines;
    this.#createMs = createMs;
  }

  error(status: number, message: string): unknown {
    return refusal(status === 429 ? 'rate_limit_exceeded' : 'server_error', message);
  }

  left(): string[] {
    return KINDS.flatMap((kind) => this.#things[kind].map(({ view }) => `${ONE[kind]} ${view.name}`));
  }

  twins(): string[] {
    return this.#twins;
  }

  async answer(request: FakeRequest): Promise<Answer> {
    const { method, path, query, headers } = request;
    if (!/^Bearer \S+$/.test(headers.authorization ?? ''))
      return [401, refusal('unauthorized', 'unable to authenticate')];
    if (path === '/pricing') return [200, { pricing }];
    const fixed = FIXED[path];
    if (fixed) return [200, listed(path.slice(1), fixed, query)];
    const [, kind = '', id] = path.split('/');
    if (!isKind(kind)) return [404, refusal('not_found', 'no such path')];
    if (method === 'POST') return this.#make(kind, request);
    if (id === undefined)
      return [
        200,
        listed(
          kind,
          this.#things[kind].map(({ view }) => view),
          query,
        ),
      ];
    const thing = this.#things[kind].find(({ view }) => String(view.id) === id);
    if (!thing) return [404, refusal('not_found', `${ONE[kind]} not found`)];
    return method === 'GET' ? [200, { [ONE[kind]]: thing.view }] : this.#remove(kind, thing);
  }

  #make(kind: Kind, request: FakeRequest): Answer | Promise<Answer> {
    const name = String(request.body['name']);
    const isTaken = this.#things[kind].some(({ view }) => view.name === name);
    if (isTaken) return [409, refusal('uniqueness_error', `${ONE[kind]} name is already used`)];
    const labels = (request.body['labels'] ?? {}) as Record<string, string>;
    const view = { id: ++this.#lastId, name, labels, created: new Date().toISOString() };
    if (kind === 'networks') return this.#makeNetwork(view, request);
    return kind === 'servers' ? this.#makeServer(view, request) : this.#makeKey(view, request);
  }

  async #makeNetwork(view: Thing['view'], { body, fault }: FakeRequest): Promise<Answer> {
    if (fault === 'over-quota') return [403, refusal('resource_limit_exceeded', 'network limit exceeded')];
    const range = String(body['ip_range']);
    const subnets = (body['subnets'] as object[]).map((one) => ({
      ...one,
      gateway: range.replace(/0\/24$/, '1'),
    }));
    try {
      const network = await this.#machines.network(range);
      const more = { ip_range: range, subnets, routes: [], servers: [], load_balancers: [] };
      const whole = { ...view, ...more, protection: { delete: false }, expose_routes_to_vswitch: false };
      this.#things.networks.push({ view: whole, network });
      return [201, { network: whole }];
    } catch (error) {
      return [422, refusal('invalid_input', `networks overlap: ${asError(error).message}`)];
    }
  }

  #makeKey(view: Thing['view'], { body }: FakeRequest): Answer {
    const open = String(body['public_key']);
    const fingerprint = fingerprintOf(open);
    if (this.#things.ssh_keys.some((key) => key.view['fingerprint'] === fingerprint))
      return [409, refusal('uniqueness_error', 'SSH key with the same fingerprint already exists')];
    const whole = { ...view, fingerprint, public_key: open };
    this.#things.ssh_keys.push({ view: whole });
    return [201, { ssh_key: whole }];
  }

  #makeServer(view: Thing['view'], { body, fault }: FakeRequest): Answer {
    if (fault === 'unpaid') return [402, refusal('payment_required', 'a way to pay is missing')];
    if (fault === 'sold-out-there') this.#soldOut.add(body['location']);
    if (fault === 'sold-out' || this.#soldOut.has(body['location']))
      return [412, refusal('resource_unavailable', 'error during placement')];
    if (fault === 'over-quota') return [403, refusal('resource_limit_exceeded', 'server limit exceeded')];
    const type = SERVER_TYPES.find(({ name }) => name === body['server_type']);
    const location = LOCATIONS.find(({ name }) => name === body['location']);
    const image = IMAGES.find(({ name }) => name === body['image']);
    const [networkId] = body['networks'] as number[];
    const within = this.#things.networks.find((one) => one.view.id === networkId);
    const key = this.#things.ssh_keys.find((one) => one.view.id === (body['ssh_keys'] as number[])[0]);
    if (!type || !location || !image || !within?.network || !key)
      return [422, refusal('invalid_input', 'unknown server_type, location, image, network or ssh_key')];
    const whole: Thing['view'] = {
      ...view,
      status: 'initializing',
      server_type: type,
      image,
      location,
      public_net: { ipv4: null, ipv6: null, floating_ips: [], firewalls: [] },
      private_net: [],
      ...REST_OF_SERVER,
    };
    const server: Thing = { view: whole };
    const order = { network: within.network, authorizedKey: String(key.view['public_key']) };
    server.ready = this.#start(server, within, { ...order, userData: body['user_data'] }, fault);
    this.#things.servers.push(server);
    this.hostsMade++;
    const resources = [{ id: view.id, type: 'server' }];
    return [
      201,
      {
        server: { ...whole },
        action: this.#action('create_server', resources),
        next_actions: [],
        root_password: null,
      },
    ];
  }

  async #start(
    server: Thing,
    network: Thing,
    order: Parameters<typeof boot>[1],
    fault: FakeRequest['fault'],
  ): Promise<void> {
    const booted = await boot(this.#machines, order, { createMs: this.#createMs, fault });
    if (booted === 'failure') {
      // It is taken back: its action has the error.
      this.#things.servers = this.#things.servers.filter((one) => one !== server);
      return;
    }
    if (booted.host) server.host = booted.host;
    const ip = booted.address;
    Object.assign(server.view, {
      status: 'running',
      public_net: {
        ipv4: { id: ++this.#lastId, ip, blocked: false, dns_ptr: `static.${ip}` },
        ipv6: null,
        floating_ips: [],
        firewalls: [],
      },
      private_net: [{ network: network.view.id, ip, alias_ips: [], mac_address: '86:00:ff:2a:7d:e1' }],
    });
  }

  async #remove(kind: Kind, thing: Thing): Promise<Answer> {
    const { id } = thing.view;
    const uses = ({ view }: Thing): boolean =>
      (view['private_net'] as { network: number }[]).some(({ network }) => network === id);
    if (kind === 'networks' && this.#things.servers.some(uses))
      return [409, refusal('conflict', 'network is in use')];
    await thing.ready;
    if (thing.host) await this.#machines.removeHost(thing.host);
    if (thing.network) await this.#machines.removeNetwork(thing.network);
    this.#things[kind] = this.#things[kind].filter((one) => one !== thing);
    return kind === 'servers'
      ? [200, { action: this.#action('delete_server', [{ id, type: 'server' }]) }]
      : [204];
  }

  #action(command: string, resources: readonly object[]): object {
    const started = new Date().toISOString();
    const state = { status: 'running', progress: 0, started, finished: null, error: null };
    return { id: ++this.#lastId, command, resources, ...state };
  }
}

const REST_OF_SERVER = {
  iso: null,
  rescue_enabled: false,
  locked: false,
  backup_window: null,
  outgoing_traffic: null,
  ingoing_traffic: null,
  included_traffic: 1,
  primary_disk_size: 80,
  volumes: [],
  load_balancers: [],
  placement_group: null,
  protection: { delete: false, rebuild: false },
};

function isKind(text: string): text is Kind {
  return text in ONE;
}

function refusal(code: string, message: string): unknown {
  return { error: { code, message, details: null } };
}

/** One page of what fits the query. */
function listed(kind: string, all: readonly object[], query: URLSearchParams): unknown {
  const label = query.get('label_selector');
  const same = ['name', 'fingerprint', 'type', 'architecture'].flatMap((key) => {
    const value = query.get(key);
    return value === null ? [] : [[key, value] as const];
  });
  const fitting = (all as Record<string, unknown>[]).filter(
    (one) =>
      (label === null || label in (one['labels'] as object)) &&
      same.every(([key, value]) => one[key] === value),
  );
  const [page, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 25)];
  const last = Math.max(1, Math.ceil(fitting.length / size));
  const pagination = {
    page,
    per_page: size,
    previous_page: page > 1 ? page - 1 : null,
    next_page: page < last ? page + 1 : null,
    last_page: last,
    total_entries: fitting.length,
  };
  return { [kind]: fitting.slice((page - 1) * size, page * size), meta: { pagination } };
}
