/* What Hetzner Cloud has and costs, as of 27 May 2026 where its price is known (cx33), and near it elsewhere. */

const VAT = 1.19;
const MONTH_HOURS = 624;

function money(net: number): { net: string; gross: string } {
  return { net: net.toFixed(10), gross: (net * VAT).toFixed(10) };
}

const LOCATION = { country: 'DE', latitude: 50.4, longitude: 12.3, network_zone: 'eu-central' };
export const LOCATIONS = [
  { id: 1, name: 'fsn1', description: 'Falkenstein DC Park 1', city: 'Falkenstein', ...LOCATION },
  { id: 2, name: 'nbg1', description: 'Nuremberg DC Park 1', city: 'Nuremberg', ...LOCATION },
];

function priceAt(location: string, hour: number): object {
  const price = { price_hourly: money(hour), price_monthly: money(hour * MONTH_HOURS) };
  return { location, ...price, included_traffic: 21_990_232_555_520, price_per_tb_traffic: money(1) };
}

export const SERVER_TYPES = (
  [
    ['cx23', 2, 4, 40, 'shared', 'x86', 0.006],
    ['cx33', 4, 8, 80, 'shared', 'x86', 0.0104],
    ['cax21', 4, 8, 80, 'shared', 'arm', 0.0104],
    ['ccx13', 2, 8, 80, 'dedicated', 'x86', 0.0224],
    ['ccx23', 4, 16, 160, 'dedicated', 'x86', 0.044],
  ] as const
).map(([name, cores, memory, disk, kind, architecture, hour], at) => ({
  id: 100 + at,
  name,
  description: name.toUpperCase(),
  category: kind === 'shared' ? 'Cost-Optimized' : 'General Purpose',
  cores,
  memory,
  disk,
  storage_type: 'local',
  cpu_type: kind,
  architecture,
  deprecated: false,
  deprecation: null,
  prices: LOCATIONS.map((location) => priceAt(location.name, hour)),
  locations: LOCATIONS.map((location) => ({ id: location.id, name: location.name, deprecation: null })),
}));

export const IMAGES = [
  ['debian-13', 'x86'],
  ['debian-13', 'arm'],
  ['debian-12', 'x86'],
].map(([name = '', architecture], at) => ({
  id: 300 + at,
  type: 'system',
  status: 'available',
  name,
  description: name,
  image_size: null,
  disk_size: 5,
  created: '2025-08-12T00:00:00Z',
  created_from: null,
  bound_to: null,
  os_flavor: 'debian',
  os_version: name.slice(-2),
  rapid_deploy: true,
  protection: { delete: false },
  deprecated: null,
  deleted: null,
  labels: {},
  architecture,
}));

const ipv4 = {
  type: 'ipv4',
  prices: LOCATIONS.map(({ name }) => {
    return { location: name, price_hourly: money(0.0008), price_monthly: money(0.5) };
  }),
};

export const pricing = {
  currency: 'EUR',
  vat_rate: '19.00',
  server_types: SERVER_TYPES.map(({ id, name, prices }) => ({ id, name, prices })),
  primary_ips: [ipv4],
};
