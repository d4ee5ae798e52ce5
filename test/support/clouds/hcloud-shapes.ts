/*
 * The part of Hetzner Cloud's API that is used here, as an OpenAPI document of our own: written from what is known of the API and its
 * client libraries, not published by Hetzner. It closes what may be sent; it proves less than a published document does.
 */

type Schema = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string' };
const NUMBER = { type: 'integer' };
const TRUTH = { type: 'boolean' };
const TIME = { type: 'string', format: 'date-time' };
const ANYTHING = {};
const NAME = { type: 'string', pattern: '^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$' };
const CIDR = { type: 'string', pattern: '^(\\d{1,3}\\.){3}\\d{1,3}/\\d\\d?$' };
const LABELS = {
  type: 'object',
  additionalProperties: { type: 'string', pattern: '^([a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$' },
};
const MONEY = { type: 'string', pattern: '^\\d+\\.\\d+$' };

/** An object of exactly these keys; those with a `?` may be missing. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, schema]) => [key.replace('?', ''), schema])),
    required: entries.flatMap(([key]) => (key.endsWith('?') ? [] : [key])),
    additionalProperties: false,
  };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'object', nullable: true, enum: [null] }] };
}

const price = object({ net: MONEY, gross: MONEY });
const priceAt = {
  location: TEXT,
  price_hourly: price,
  price_monthly: price,
  'included_traffic?': NUMBER,
  'price_per_tb_traffic?': price,
};
const deprecation = orNull(object({ announced: TIME, unavailable_after: TIME }));
const common = { id: NUMBER, name: NAME, labels: LABELS, created: TIME };
const serverType = object({
  id: NUMBER,
  name: TEXT,
  description: TEXT,
  'category?': TEXT,
  cores: NUMBER,
  memory: { type: 'number' },
  disk: { type: 'number' },
  storage_type: { enum: ['local', 'network'] },
  cpu_type: { enum: ['shared', 'dedicated'] },
  architecture: { enum: ['x86', 'arm'] },
  deprecated: TRUTH,
  deprecation,
  prices: list(object(priceAt)),
  locations: list(object({ id: NUMBER, name: TEXT, deprecation })),
});
const location = object({
  id: NUMBER,
  name: TEXT,
  description: TEXT,
  country: TEXT,
  city: TEXT,
  latitude: { type: 'number' },
  longitude: { type: 'number' },
  network_zone: TEXT,
});
const image = { type: 'object', required: ['id', 'name', 'type', 'status', 'architecture'] };
const subnet = { type: { enum: ['cloud', 'server', 'vswitch'] }, ip_range: CIDR, network_zone: TEXT };
const network = object({
  ...common,
  ip_range: CIDR,
  subnets: list(object({ ...subnet, gateway: TEXT, 'vswitch_id?': orNull(NUMBER) })),
  routes: list(ANYTHING),
  servers: list(NUMBER),
  load_balancers: list(NUMBER),
  protection: object({ delete: TRUTH }),
  expose_routes_to_vswitch: TRUTH,
});
const key = object({ ...common, fingerprint: TEXT, public_key: TEXT });
const privateNet = object({ network: NUMBER, ip: TEXT, alias_ips: list(TEXT), mac_address: TEXT });
const ipv4 = object({ id: NUMBER, ip: TEXT, blocked: TRUTH, dns_ptr: TEXT });
const server = object({
  ...common,
  status: {
    enum: [
      'running',
      'initializing',
      'starting',
      'stopping',
      'off',
      'deleting',
      'migrating',
      'rebuilding',
      'unknown',
    ],
  },
  server_type: serverType,
  image,
  location,
  public_net: object({
    ipv4: orNull(ipv4),
    ipv6: orNull(ANYTHING),
    floating_ips: list(NUMBER),
    firewalls: list(ANYTHING),
  }),
  private_net: list(privateNet),
  iso: orNull(ANYTHING),
  rescue_enabled: TRUTH,
  locked: TRUTH,
  backup_window: orNull(TEXT),
  outgoing_traffic: orNull(NUMBER),
  ingoing_traffic: orNull(NUMBER),
  included_traffic: NUMBER,
  primary_disk_size: NUMBER,
  volumes: list(NUMBER),
  load_balancers: list(NUMBER),
  placement_group: orNull(ANYTHING),
  protection: object({ delete: TRUTH, rebuild: TRUTH }),
});
const action = object({
  id: NUMBER,
  command: TEXT,
  status: { enum: ['running', 'success', 'error'] },
  progress: NUMBER,
  started: TIME,
  finished: orNull(TIME),
  resources: list(object({ id: NUMBER, type: TEXT })),
  error: orNull(object({ code: TEXT, message: TEXT })),
});
const error = object({ error: object({ code: TEXT, message: TEXT, details: ANYTHING }) });
const number = orNull(NUMBER);
const pagination = object({
  page: NUMBER,
  per_page: NUMBER,
  previous_page: number,
  next_page: number,
  last_page: number,
  total_entries: number,
});

const serverOrder = object({
  name: NAME,
  server_type: TEXT,
  image: TEXT,
  location: TEXT,
  ssh_keys: list(NUMBER),
  networks: list(NUMBER),
  labels: LABELS,
  public_net: object({ enable_ipv4: TRUTH, enable_ipv6: TRUTH }),
  'user_data?': { type: 'string', maxLength: 32_768 },
});
const networkOrder = object({ name: NAME, ip_range: CIDR, labels: LABELS, subnets: list(object(subnet)) });
const keyOrder = object({ name: NAME, public_key: TEXT, labels: LABELS });

function json(schema: Schema): Schema {
  return { content: { 'application/json': { schema } } };
}

function operation(status: number, answer: Schema | undefined, more: Schema = {}): Schema {
  const good = answer === undefined ? {} : json(answer);
  return { responses: { [status]: good, default: json(error) }, ...more };
}

function parameter(name: string, schema: Schema, place = 'query'): Schema {
  return { name, in: place, required: place === 'path', schema };
}

/** A list, page by page. */
function paged(plural: string, one: Schema, filters: readonly string[]): Schema {
  const page = [
    parameter('page', { type: 'integer', minimum: 1 }),
    parameter('per_page', { type: 'integer', minimum: 1, maximum: 50 }),
  ];
  const parameters = [...page, ...filters.map((name) => parameter(name, TEXT))];
  return operation(200, object({ [plural]: list(one), meta: object({ pagination }) }), { parameters });
}

function single(name: string, one: Schema, removed: Schema): Schema {
  const id = { parameters: [parameter('id', NUMBER, 'path')] };
  return { get: operation(200, object({ [name]: one }), id), delete: { ...removed, ...id } };
}

function order(body: Schema, answer: Schema): Schema {
  return operation(201, answer, { requestBody: { required: true, ...json(body) } });
}

const labelled = ['name', 'label_selector'];
const priced = object({ id: NUMBER, name: TEXT, prices: list(object(priceAt)) });
const pricing = object({
  currency: TEXT,
  vat_rate: TEXT,
  server_types: list(priced),
  primary_ips: list(object({ type: TEXT, prices: list(object(priceAt)) })),
});
const serverMade = object({
  server,
  action,
  next_actions: list(action),
  root_password: orNull(TEXT),
});

export const HCLOUD_SHAPES: Record<string, unknown> = {
  openapi: '3.0.3',
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  security: [{ token: [] }],
  paths: {
    '/v1/server_types': { get: paged('server_types', serverType, ['name']) },
    '/v1/locations': { get: paged('locations', location, ['name']) },
    '/v1/images': { get: paged('images', image, ['name', 'type', 'architecture', 'status']) },
    '/v1/pricing': { get: operation(200, object({ pricing })) },
    '/v1/networks': {
      get: paged('networks', network, labelled),
      post: order(networkOrder, object({ network })),
    },
    '/v1/networks/{id}': single('network', network, operation(204, undefined)),
    '/v1/ssh_keys': {
      get: paged('ssh_keys', key, [...labelled, 'fingerprint']),
      post: order(keyOrder, object({ ssh_key: key })),
    },
    '/v1/ssh_keys/{id}': single('ssh_key', key, operation(204, undefined)),
    '/v1/servers': {
      get: paged('servers', server, [...labelled, 'status']),
      post: order(serverOrder, serverMade),
    },
    '/v1/servers/{id}': single('server', server, operation(200, object({ action }))),
  },
};
