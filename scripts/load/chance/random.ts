const WORD = 1n << 32n;
const TWO_WORDS = 1n << 64n;

/**
 * Reproducible random numbers: xoshiro128** 1.1 by Blackman and Vigna (public domain, https://prng.di.unimi.it).
 * One generator per seed, purpose and index, so that what one purpose draws never shifts what another one gets.
 */
export class Random {
  /** Of the last seed and purpose: a load makes one generator after the other for the same. */
  static #last: { seed: number; purpose: string; states: readonly number[] } | undefined;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, purpose: string, index = 0) {
    let last = Random.#last;
    if (last?.seed !== seed || last.purpose !== purpose) {
      const states = [1, 2, 3, 4].map((salt) =>
        [low32(seed), high32(seed), hashText(purpose)].reduce(stir, mix(salt)),
      );
      last = Random.#last = { seed, purpose, states };
    }
    const [a = 0, b = 0, c = 0, d = 0] = last.states;
    const low = low32(index);
    const high = high32(index);
    this.#a = stir(stir(a, low), high);
    this.#b = stir(stir(b, low), high);
    this.#c = stir(stir(c, low), high);
    this.#d = stir(stir(d, low), high) | 1; // the state must not be all zero
  }

  /** An integer in 0 … 2^32 - 1. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result >>> 0;
  }

  /** A double in [0, 1) with 53 random bits. */
  unit(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** An integer in 0 … count - 1, each as likely as the other; `count` is between 1 and 2^64. */
  below(count: bigint): bigint {
    // Draws beyond the last whole multiple of `count` would favour small results.
    if (count <= WORD) {
      const small = Number(count);
      const limit = 2 ** 32 - (2 ** 32 % small);
      for (;;) {
        const drawn = this.uint32();
        if (drawn < limit) return BigInt(drawn % small);
      }
    }
    const limit = TWO_WORDS - (TWO_WORDS % count);
    for (;;) {
      const drawn = (BigInt(this.uint32()) << 32n) | BigInt(this.uint32());
      if (drawn < limit) return drawn % count;
    }
  }

  /** An index into a list of that length. */
  index(length: number): number {
    return Math.floor(this.unit() * length);
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function low32(value: number): number {
  return value >>> 0;
}

function high32(value: number): number {
  return Math.floor(value / 2 ** 32) >>> 0;
}

/** The finaliser of MurmurHash3: every input bit changes about half of the output bits. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function stir(state: number, part: number): number {
  return mix(Math.imul(state, 0x9e3779b1) + part);
}

function hashText(text: string): number {
  let hash = 0;
  for (const character of text) hash = mix(Math.imul(hash, 31) + (character.codePointAt(0) ?? 0));
  return hash >>> 0;
}
