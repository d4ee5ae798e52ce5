/* Hash functions of 64-bit integers, with the results that pgbench's manual shows. */

const OCTETS = 8;
const FNV_BASIS = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const MURMUR_FACTOR = 0xc6a4a7935bd1e995n;
const MURMUR_SHIFT = 47n;

/** FNV-1a over the eight octets of `value`, lowest first. */
export function fnv1a(value: bigint, seed: bigint): bigint {
  let hash = unsigned(FNV_BASIS ^ seed);
  for (let octet = 0; octet < OCTETS; octet++) {
    hash = unsigned((hash ^ ((unsigned(value) >> BigInt(8 * octet)) & 0xffn)) * FNV_PRIME);
  }
  return signed(hash);
}

/** MurmurHash2 for 64-bit machines (variant A) over the eight octets of `value`. */
export function murmur2(value: bigint, seed: bigint): bigint {
  let key = unsigned(unsigned(value) * MURMUR_FACTOR);
  key ^= key >> MURMUR_SHIFT;
  key = unsigned(key * MURMUR_FACTOR);
  let hash = unsigned(seed) ^ unsigned(BigInt(OCTETS) * MURMUR_FACTOR);
  hash = unsigned((hash ^ key) * MURMUR_FACTOR);
  hash = unsigned((hash ^ (hash >> MURMUR_SHIFT)) * MURMUR_FACTOR);
  return signed(hash ^ (hash >> MURMUR_SHIFT));
}

const ROUNDS = 6;

/**
 * Where `value` (modulo `size`) stands in a shuffle of 0 … size - 1 that the seed picks: a Feistel network on the next even
 * number of bits, walked until it lands inside. The shuffle is not pgbench's own; that one is not documented.
 */
export function permute(value: bigint, size: bigint, seed: bigint): bigint {
  const halfBits = BigInt(Math.max(1, Math.ceil((size - 1n).toString(2).length / 2)));
  const mask = (1n << halfBits) - 1n;
  let place = ((value % size) + size) % size;
  do {
    let left = place >> halfBits;
    let right = place & mask;
    for (let round = 0; round < ROUNDS; round++) {
      [left, right] = [right, left ^ (unsigned(murmur2(right, seed + BigInt(round))) & mask)];
    }
    place = (left << halfBits) | right;
  } while (place >= size);
  return place;
}

function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
