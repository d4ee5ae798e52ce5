/* What DigitalOcean has and costs, in 2026. */

const SLUGS = ['nyc3', 'fra1'];
const HOURS_OF_MONTH = 672;

export const SIZES = (
  [
    ['s-1vcpu-1gb', 'Basic', 1, 1, 25, 6],
    ['s-2vcpu-4gb', 'Basic', 2, 4, 80, 24],
    ['s-4vcpu-8gb', 'Basic', 4, 8, 160, 48],
    ['c-2', 'CPU-Optimized', 2, 4, 25, 42],
    ['g-2vcpu-8gb', 'General Purpose', 2, 8, 25, 63],
  ] as const
).map(([slug, description, vcpus, gigabytes, disk, month]) => ({
  slug,
  description,
  vcpus,
  memory: gigabytes * 1024,
  disk,
  transfer: 4,
  price_monthly: month,
  price_hourly: Math.round((month / HOURS_OF_MONTH) * 1e5) / 1e5,
  regions: SLUGS,
  available: true,
}));

export const REGIONS = SLUGS.map((slug) => ({
  slug,
  name: slug.toUpperCase(),
  features: ['private_networking', 'metadata'],
  available: true,
  sizes: SIZES.map((size) => size.slug),
}));

export const IMAGES = ['12', '13'].map((version, at) => ({
  id: 700 + at,
  name: `${version} x64`,
  distribution: 'Debian',
  slug: `debian-${version}-x64`,
  type: 'base',
  public: true,
  regions: SLUGS,
  created_at: '2025-08-12T00:00:00Z',
  min_disk_size: 7,
  size_gigabytes: 1.5,
  description: '',
  tags: [],
  status: 'available',
  error_message: '',
}));
