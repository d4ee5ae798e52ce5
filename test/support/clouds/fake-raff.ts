import { randomUUID } from 'node:crypto';
import { asError } from '../../../scripts/shared/errors.ts';
import { boot } from './boot.ts';
import type { Answer, FakeApi, FakeRequest } from './fake-server.ts';
import type { FakeHost, FakeNetwork, Machines } from './machines.ts';

interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly cidr: string;
  readonly network: FakeNetwork;
}
interface Vm {
  readonly view: Record<string, unknown>;
  readonly vpc: Vpc;
  ready: Promise<void>;
  host?: FakeHost;
}

const PROJECT = randomUUID();
const TEMPLATE = randomUUID();
const REMOVED_AFTER_MS = 200;

/** As published on 7 September 2026; the month's price, and 1/720 of it for an hour. */
const PLANS = [
  ...[
    [1, 1, 25, 4.99],
    [2, 4, 80, 17.99],
    [4, 8, 160, 33.99],
    [8, 16, 240, 71.99],
  ].map((size) => ['standard', ...size] as const),
  ...[
    [1, 1, 25, 15.99],
    [2, 4, 80, 36.99],
    [4, 8, 120, 72.99],
    [8, 16, 180, 144.99],
  ].map((size) => ['premium', ...size] as const),
].map(([type, vcpu = 0, memory = 0, disk = 0, month = 0], at) => ({
  id: 40 + at,
  vcpu,
  memory_gib: memory,
  ssd_gib: disk,
  transfer_gib: 0,
  vm_type: type,
  price_per_hour: Math.round((month / 720) * 1e6) / 1e6,
  monthly_price: month,
  yearly_price: month * 10,
  twenty_four_month_price: month * 18,
  region: 'us-east',
  out_of_stock: false,
}));

/** Raff as documented on 5 October 2026. */
export class FakeRaff implements FakeApi {
  readonly base = '/api/v1';
  hostsMade = 0;
  readonly #machines: Machines;
  readonly #createMs: number;
  readonly #vpcs = new Map<string, Vpc>();
  readonly #vms = new Map<string, Vm>();
  readonly #twins: string[] = [];

  constructor(machines: Machines, createMs: number) {
    this.#machines = machines;
    this.#createMs = createMs;
  }

  error(status: number, message: string): unknown {
    return { error: `Error ${status}`, message };
  }

  left(): string[] {
    return [
      ...[...this.#vms.values()].map(({ view }) => `VM ${String(view['name'])}`),
      ...[...this.#vpcs.values()].map(({ name }) => `VPC ${name}`),
    ];
  }

  twins(): string[] {
    return this.#twins;
  }

  async answer(request: FakeRequest): Promise<Answer> {
    const { method, path, query, headers } = request;
    if (path === '/public/pricing/vm') return [200, { success: true, plans: PLANS }];
    if (path === '/public/templates') return [200, { success: true, data: [template()], total: 1 }];
    if (headers['x-api-key'] === undefined) return [401, this.error(401, 'API key required')];
    if (path === '/projects') return [200, { success: true, data: [project()], total: 1 }];
    const [, kind, id = ''] = path.split('/');
    if (kind === 'vpcs' && method === 'GET' && id === '')
      return [200, { success: true, data: [...this.#vpcs.values()].map(vpcView) }];
    if (kind === 'vpcs' && method === 'POST') return this.#makeVpc(request);
    if (kind === 'vpcs' && method === 'DELETE') return this.#removeVpc(id);
    if (kind === 'vms' && method === 'POST') return this.#makeVm(request);
    if (kind === 'vms' && id === '') {
      const all = [...this.#vms.values()].map(({ view }) => view);
      const from = Number(query.get('offset') ?? 0);
      const data = all.slice(from, from + Number(query.get('limit') ?? 20));
      return [200, { success: true, data, total: all.length }];
    }
    const vm = this.#vms.get(id);
    if (!vm) return [404, this.error(404, 'not found')];
    if (method === 'GET') return [200, { success: true, data: vm.view }];
    return this.#removeVm(id, vm, request);
  }

  async #makeVpc({ body, fault }: FakeRequest): Promise<Answer> {
    if (fault === 'over-quota') return [400, this.error(400, 'VPC quota exceeded')];
    const [name, cidr] = [String(body['name']), String(body['cidr'])];
    if ([...this.#vpcs.values()].some((vpc) => vpc.name === name))
      return [400, this.error(400, 'VPC name already exists')];
    try {
      const network = await this.#machines.network(cidr);
      const vpc = { id: randomUUID(), name, cidr, network };
      this.#vpcs.set(vpc.id, vpc);
      return [201, { success: true, data: vpcView(vpc) }];
    } catch (error) {
      return [400, this.error(400, `CIDR overlaps: ${asError(error).message}`)];
    }
  }

  async #removeVpc(id: string): Promise<Answer> {
    const vpc = this.#vpcs.get(id);
    if (!vpc) return [404, this.error(404, 'VPC not found')];
    if ([...this.#vms.values()].some((vm) => vm.vpc === vpc))
      return [400, this.error(400, 'VPC has VMs attached')];
    this.#vpcs.delete(id);
    await this.#machines.removeNetwork(vpc.network);
    return [200, { success: true, message: 'VPC deleted' }];
  }

  #makeVm({ body, fault }: FakeRequest): Answer {
    const vpc = this.#vpcs.get(String(body['vpc_id']));
    if (!vpc) return [400, this.error(400, 'a VPC would be made for it: send vpc_id or skip_vpc')];
    if (fault === 'unpaid') return [402, this.error(402, 'Insufficient balance for subscription')];
    if (fault === 'sold-out') return [400, this.error(400, 'plan is out of stock')];
    if (fault === 'over-quota') return [400, this.error(400, 'too many VMs')];
    const plan = PLANS.find((one) => one.id === body['pricing_id']);
    if (!plan || body['template_id'] !== TEMPLATE)
      return [400, this.error(400, 'unknown pricing_id or template_id')];
    const name = String(body['name']);
    if ([...this.#vms.values()].some(({ view }) => view['name'] === name)) this.#twins.push(name);
    const view: Record<string, unknown> = {
      id: randomUUID(),
      name,
      status: 'initiating',
      cpu: plan.vcpu,
      ram: plan.memory_gib,
      storage: plan.ssd_gib,
      added_storage: 0,
      total_storage: plan.ssd_gib,
      template_id: TEMPLATE,
      template_name: 'Debian',
      template_version: '13x64',
      price_per_hour: String(plan.price_per_hour),
      pricing_id: plan.id,
      billing_type: fault === 'subscription' ? 'subscription' : 'payg',
      region: 'us-east',
      project_id: PROJECT,
      tags: ((body['tags'] ?? []) as string[]).map((tag) => ({
        id: randomUUID(),
        name: tag,
        priority: 0,
        created_at: now(),
      })),
      active: true,
      created_at: now(),
      updated_at: now(),
    };
    const vm: Vm = { view, vpc, ready: Promise.resolve() };
    vm.ready = this.#start(vm, String((body['ssh_keys'] as string[])[0]), fault);
    this.#vms.set(String(view['id']), vm);
    this.hostsMade++;
    return [201, { success: true, data: { ...view } }];
  }

  async #start(vm: Vm, authorizedKey: string, fault: FakeRequest['fault']): Promise<void> {
    const order = { network: vm.vpc.network, authorizedKey };
    const booted = await boot(this.#machines, order, { createMs: this.#createMs, fault });
    if (booted === 'failure') return void (vm.view['status'] = 'failure');
    if (booted.host) vm.host = booted.host;
    Object.assign(vm.view, {
      status: 'active',
      public_ipv4_address: booted.address,
      private_ipv4_address: booted.address,
    });
  }

  async #removeVm(id: string, vm: Vm, { body }: FakeRequest): Promise<Answer> {
    if (body['volume_action'] !== 'detach' || body['delete_vpc'] !== false)
      return [400, this.error(400, 'the defaults would delete volumes and the VPC')];
    await vm.ready;
    if (vm.host) await this.#machines.removeHost(vm.host);
    // It is listed for a moment after the answer.
    setTimeout(() => this.#vms.delete(id), REMOVED_AFTER_MS);
    return [200, { success: true, message: 'VM deletion started' }];
  }
}

function now(): string {
  return new Date().toISOString();
}

function project(): unknown {
  const text = { name: 'default', slug: 'default', default_region: 'us-east' };
  return {
    id: PROJECT,
    account_id: PROJECT,
    ...text,
    is_default: true,
    is_active: true,
    created_at: now(),
    updated_at: now(),
  };
}

function template(): unknown {
  const size = { cpu: 1, ram: 1, storage: 10 };
  return {
    id: TEMPLATE,
    name: 'Debian',
    version: '13x64',
    ...size,
    is_windows: false,
    os_type: 'linux',
    category: 'os',
    region: 'us-east',
  };
}

function vpcView({ id, name, cidr }: Vpc): unknown {
  return { id, name, cidr, status: 'active', region: 'us-east', created_at: now(), updated_at: now() };
}
