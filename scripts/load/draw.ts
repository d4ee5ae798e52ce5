import { Random } from './random.ts';
import { poolKey, type ParsedScript } from './script.ts';
import type { Value } from './values.ts';

/** Values in text format by the key of a sample. Row values: they go from process to process, never to disk. */
export type SamplePools = ReadonlyMap<string, readonly string[]>;

/** The variables with which a script starts: the preset ones and the samples, drawn with `random`. */
export function initialVariables(
  script: ParsedScript,
  pools: SamplePools,
  random: Random,
  preset: { seed: number; defaultSeed: bigint; clientId: number },
): Map<string, Value> {
  const variables = new Map<string, Value>([
    ['client_id', BigInt(preset.clientId)],
    ['scale', 1n],
    ['random_seed', BigInt(preset.seed)],
    ['default_seed', preset.defaultSeed],
  ]);
  for (const sample of script.samples) {
    const pool = pools.get(poolKey(sample)) ?? [];
    const value = pool[random.index(pool.length)];
    if (value !== undefined) variables.set(sample.variable, value);
  }
  return variables;
}

/** `:default_seed`, the seed of hash functions and permutations that name none: the same for a whole run. */
export function defaultSeed(seed: number): bigint {
  return new Random(seed, 'default_seed').below(1n << 63n);
}
