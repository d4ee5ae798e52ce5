import { Random } from '../chance/random.ts';
import { poolKey, type ParsedScript, type PRESET_VARIABLES } from '../scripts/script.ts';
import type { Value } from '../expressions/values.ts';

/** Values in text format by the key of a sample. Row values: they go from process to process, never to disk. */
export type SamplePools = ReadonlyMap<string, readonly string[]>;

/** The values of the variables that every script has. */
export function presets(
  seed: number,
  clientId: number,
): [name: (typeof PRESET_VARIABLES)[number], value: bigint][] {
  return [
    ['client_id', BigInt(clientId)],
    ['scale', 1n],
    ['random_seed', BigInt(seed)],
    ['default_seed', defaultSeed(seed)],
  ];
}

/** The variables with which a script starts: `preset`, and the samples, drawn with `random`. */
export function initialVariables(
  script: ParsedScript,
  pools: SamplePools,
  random: Random,
  preset: readonly (readonly [name: string, value: bigint])[],
): Map<string, Value> {
  const variables = new Map<string, Value>();
  for (const [name, value] of preset) variables.set(name, value);
  for (const sample of script.samples) {
    const pool = pools.get(poolKey(sample)) ?? [];
    const value = pool[random.index(pool.length)];
    if (value !== undefined) variables.set(sample.variable, value);
  }
  return variables;
}

/** `:default_seed`, the seed of hash functions and permutations that name none: the same for a whole run. */
function defaultSeed(seed: number): bigint {
  return new Random(seed, 'default_seed').below(1n << 63n);
}
