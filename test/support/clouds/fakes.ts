import type { CloudName } from '../../../infra/clouds/cloud.ts';
import { FakeDigitalOcean } from './fake-digitalocean.ts';
import { FakeHcloud } from './fake-hcloud.ts';
import { FakeRaff } from './fake-raff.ts';
import type { MakeFake } from './fake-server.ts';

export const FAKES: Readonly<Record<CloudName, MakeFake>> = {
  raff: (machines, createMs) => new FakeRaff(machines, createMs),
  hcloud: (machines, createMs) => new FakeHcloud(machines, createMs),
  digitalocean: (machines, createMs) => new FakeDigitalOcean(machines, createMs),
};

/** What a program that rents there has in its environment: a token that is none, and the fake's address. */
export const FAKE_ENVIRONMENT: Readonly<Record<CloudName, (url: string) => Record<string, string>>> = {
  raff: (url) => ({ RAFF_API_KEY: `raff_${'0fab'.repeat(16)}`, RAFF_API_URL: url }),
  hcloud: (url) => ({ HCLOUD_TOKEN: '0fab'.repeat(16), HCLOUD_API_URL: url }),
  digitalocean: (url) => ({
    DIGITALOCEAN_TOKEN: `dop_v1_${'0fab'.repeat(16)}`,
    DIGITALOCEAN_API_URL: url,
  }),
};

/** Where hosts are ordered. */
export const MACHINE_PATH: Readonly<Record<CloudName, string>> = {
  raff: '/vms',
  hcloud: '/servers',
  digitalocean: '/droplets',
};

/** Where networks are. */
export const NETWORK_PATH: Readonly<Record<CloudName, string>> = {
  raff: '/vpcs',
  hcloud: '/networks',
  digitalocean: '/vpcs',
};
