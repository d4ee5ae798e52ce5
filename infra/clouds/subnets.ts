import { CloudRefused } from './api.ts';
import { runHash } from './names.ts';

const TRIES = 8;
const NO_ROOM = {
  status: 0,
  about: 'quota',
  hint: 'remove a network of the account that takes all of it',
} as const;

/** Some /24 networks of 10.89.0.0/16 that overlap none of those, the same for a run each time; `taken` are IPv4 CIDRs. */
export function freeSubnets(runId: string, taken: readonly string[]): string[] {
  const first = Number.parseInt(runHash(runId).slice(0, 4), 16);
  const others = taken.map(rangeOf);
  return Array.from({ length: 250 }, (_, step) => `10.89.${1 + ((first + step) % 250)}.0/24`)
    .filter((subnet) => {
      const [from, to] = rangeOf(subnet);
      return !others.some(([otherFrom, otherTo]) => from <= otherTo && otherFrom <= to);
    })
    .slice(0, TRIES);
}

/**
 * Makes a network in the first of these that is free: others than those in `taken` may be in the way as well.
 * @throws what the last try ended with
 */
export async function inFreeSubnet<T>(
  runId: string,
  taken: readonly string[],
  make: (subnet: string) => Promise<T>,
): Promise<T> {
  let overlaps: CloudRefused | undefined;
  for (const subnet of freeSubnets(runId, taken)) {
    try {
      return await make(subnet);
    } catch (error) {
      if (!(error instanceof CloudRefused) || !/overlap/i.test(error.message)) throw error;
      overlaps = error;
    }
  }
  throw overlaps ?? new CloudRefused('no subnet of 10.89.0.0/16 is free', NO_ROOM);
}

/** First and last address as numbers. */
function rangeOf(cidr: string): [number, number] {
  const [address = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const at = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const from = Math.floor(at / size) * size;
  return [from, from + size - 1];
}
