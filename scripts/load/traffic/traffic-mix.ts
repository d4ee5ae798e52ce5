import { Random } from '../chance/random.ts';
import { WHOLE, type LoadShare } from '../chance/load-share.ts';
import type { Version } from '../scripts/script.ts';

/** Which script of which version one request runs; both are indexes. */
export interface Choice {
  /** Position of the request in the run, from 0. */
  readonly number: number;
  readonly version: number;
  readonly script: number;
}

const TOLERANCE = 1e-6;

/**
 * Chooses the version of each request by the current shares of the traffic and its script by weight. Each request costs
 * one draw of each kind, so the n-th request gets the same luck whatever happened before it.
 */
export class TrafficMix {
  readonly #versions: readonly Version[];
  /** Of the scripts of each version. */
  readonly #weights: readonly (readonly number[])[];
  readonly #versionDraws: Random;
  readonly #scriptDraws: Random;
  #shares: readonly number[];
  readonly #of: number;
  #number: number;

  /** The n-th request is the same, whoever else has a share of them. */
  constructor(versions: readonly Version[], seed: number, { index, of }: LoadShare = WHOLE) {
    this.#versions = versions;
    this.#weights = versions.map(({ scripts }) => scripts.map(({ weight }) => weight));
    this.#versionDraws = new Random(seed, 'versions');
    this.#scriptDraws = new Random(seed, 'scripts');
    this.#number = index;
    this.#of = of;
    this.#pass(index);
    this.#shares = versions.map((_, index) => (index === 0 ? 1 : 0));
  }

  /** @param shares by version name, summing to 1; versions left out get nothing */
  setShares(shares: Readonly<Record<string, number>>): void {
    const names = this.#versions.map(({ name }) => name);
    const unknown = Object.keys(shares).filter((name) => !names.includes(name));
    const sum = Object.values(shares).reduce((total, share) => total + share, 0);
    const negative = Object.values(shares).some((share) => !(share >= 0));
    if (unknown.length > 0 || negative || Math.abs(sum - 1) > TOLERANCE) {
      throw new Error(`not shares of ${names.join(', ')}: ${JSON.stringify(shares)}`);
    }
    this.#shares = names.map((name) => shares[name] ?? 0);
  }

  next(): Choice {
    const version = pick(this.#shares, this.#versionDraws.unit());
    const script = pick(this.#weights[version] ?? [], this.#scriptDraws.unit());
    const number = this.#number;
    this.#number += this.#of;
    this.#pass(this.#of - 1);
    return { number, version, script };
  }

  /** Those of others. */
  #pass(count: number): void {
    for (let passed = 0; passed < count; passed++) {
      this.#versionDraws.unit();
      this.#scriptDraws.unit();
    }
  }
}

/** The index whose part of the sum `luck`, in [0, 1), falls into. */
function pick(weights: readonly number[], luck: number): number {
  let rest = luck * weights.reduce((sum, weight) => sum + weight, 0);
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] ?? 0;
    if (rest < weight) return index;
    rest -= weight;
  }
  return weights.findLastIndex((weight) => weight > 0); // rounding led past the end
}
