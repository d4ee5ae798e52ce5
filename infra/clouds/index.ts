import type { Cloud, CloudName } from './cloud.ts';
import { DigitalOcean } from './digitalocean.ts';
import { Hcloud } from './hcloud.ts';
import { Raff } from './raff.ts';
import type { Env } from './settings.ts';

const CLOUDS: Readonly<Record<CloudName, (env: Env, pollMs?: number) => Cloud>> = {
  raff: (env, pollMs) => new Raff(env, pollMs),
  hcloud: (env, pollMs) => new Hcloud(env, pollMs),
  digitalocean: (env, pollMs) => new DigitalOcean(env, pollMs),
};

export const CLOUD_NAMES = Object.keys(CLOUDS) as CloudName[];

/**
 * With its token and place from the environment; nothing is asked yet.
 * @param pollMs between two looks; the cloud's own pace unless given
 * @throws CONFIG_INVALID
 */
export function cloudOf(name: CloudName, env: Env = process.env, pollMs?: number): Cloud {
  return CLOUDS[name](env, pollMs);
}
