import { createHash } from 'node:crypto';
import { execa } from 'execa';
import { z } from 'zod';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import { addressNumber } from './packet-filter.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';

/** IPv4 addresses as numbers, both ends included. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** How many are proposed in each private range, so that a VPN that routes all of 10.0.0.0/8 leaves some. */
const POOLS = [
  { count: 24, prefix: (a: number, b: number) => `10.${64 + (a % 64)}.${b}` },
  { count: 12, prefix: (a: number, b: number) => `172.${20 + (a % 12)}.${b}` },
  { count: 12, prefix: (_: number, b: number) => `192.168.${100 + (b % 150)}` },
];
/** A route this wide is a way out, not a network that would be covered. */
const WAY_OUT_BITS = 4;

const routesSchema = z.array(z.object({ dst: z.string() }));
const addressesSchema = z.array(
  z.object({ addr_info: z.array(z.object({ local: z.string().optional(), prefixlen: z.int() })).optional() }),
);

/** /24 networks to try, in an order that differs from run to run. */
export function candidateSubnets(runId: string): string[] {
  return POOLS.flatMap(({ count, prefix }, pool) =>
    Array.from({ length: count }, (_, index) => {
      const [a = 0, b = 0] = createHash('sha256').update(`${runId} ${pool} ${index}`).digest();
      return `${prefix(a, b)}.0/24`;
    }),
  );
}

/** `10.89.7.0/24` → `10.89.7`. @throws USAGE */
export function prefixOfSubnet(subnet: string): string {
  const [, prefix, a, b, c] = /^((\d{1,3})\.(\d{1,3})\.(\d{1,3}))\.0\/24$/.exec(subnet) ?? [];
  if (prefix !== undefined && [a, b, c].every((part) => Number(part) < 256)) return prefix;
  throw new RehearsalError('USAGE', `${subnet} is no subnet for a private network`, {
    hint: 'give a /24 such as 10.89.7.0/24, or none and a free one is chosen',
  });
}

/** What this machine has or reaches inside `subnet`, as `10.0.0.0/8`; undefined where it is free. */
export function takenBy(subnet: string, known: readonly string[]): string | undefined {
  const wanted = rangeOf(subnet);
  return known.find((other) => {
    const range = rangeOf(other);
    return wanted.first <= range.last && range.first <= wanted.last;
  });
}

/** Every IPv4 network and address that this machine has or has a route to, but for ways out of it. */
export async function knownNetworks(signal: AbortSignal): Promise<string[]> {
  const ip = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await execa('ip', ['-4', '-j', ...args], {
      timeout: 10_000,
      cancelSignal: signal,
      stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    });
    return JSON.parse(stdout || '[]');
  };
  const [routes, addresses] = await Promise.all([ip('route', 'show', 'table', 'all'), ip('address', 'show')]);
  const targets = routesSchema.parse(routes).map(({ dst }) => dst);
  const own = addressesSchema
    .parse(addresses)
    .flatMap((link) => link.addr_info ?? [])
    .flatMap(({ local, prefixlen }) => (local === undefined ? [] : [`${local}/${prefixlen}`]));
  return [...targets, ...own].filter((network) => network !== 'default' && bitsOf(network) > WAY_OUT_BITS);
}

function bitsOf(network: string): number {
  return Number(network.split('/')[1] ?? 32);
}

function rangeOf(network: string): Range {
  const size = 2 ** (32 - bitsOf(network));
  const address = addressNumber(network.split('/')[0] ?? '');
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
