import { monotonicMs } from '../../../scripts/shared/clock.ts';
import { connectSsh } from '../../ssh/connect.ts';
import { OpenConnection } from '../../ssh/open-connection.ts';
import { accessOf } from './on-host.ts';
import type { OwnHost } from './own-hosts.ts';

/** Each look is a login on a host of the user's. */
const EVERY_MS = 15_000;
const LOOK_MS = 10_000;

/** Sees whether hosts have been started anew. One that does not answer may be up: only its way here is known to be gone. */
export class HostWatch {
  readonly #looked = new Map<string, { readonly atMs: number; readonly isUp: Promise<boolean> }>();

  async isUp(host: OwnHost, bootId: string): Promise<boolean> {
    const last = this.#looked.get(host.role);
    if (last !== undefined && monotonicMs() - last.atMs < EVERY_MS) return last.isUp;
    const isUp = last === undefined ? Promise.resolve(true) : sameBoot(host, bootId);
    this.#looked.set(host.role, { atMs: monotonicMs(), isUp });
    return isUp;
  }
}

async function sameBoot(host: OwnHost, bootId: string): Promise<boolean> {
  const signal = AbortSignal.timeout(LOOK_MS);
  try {
    const connection = new OpenConnection(await connectSsh(accessOf(host.reach), { signal }));
    const answer = connection.exec('cat /proc/sys/kernel/random/boot_id', { timeoutMs: LOOK_MS });
    const { code, stdout } = await answer.finally(() => connection.end());
    return code !== 0 || stdout.trim() === bootId;
  } catch {
    return true;
  }
}
