import { exponential, gaussian, uniform, zipfian } from '../chance/distributions.ts';
import { fnv1a, murmur2, permute } from '../chance/hash.ts';
import type { Random } from '../chance/random.ts';
import { ScriptError } from '../script-error.ts';
import { int64, toDouble, toInt, type Scalar } from './values.ts';

/** Arguments that are not NULL: a function of a NULL is NULL and is not called. */
export type Argument = Exclude<Scalar, null>;

interface ScriptFunction {
  readonly arity: readonly [least: number, most: number];
  /** What stands in for arguments left out at the end: the hash functions' seed. */
  readonly defaults?: readonly string[];
  readonly apply: (args: readonly Argument[], random: Random) => Scalar;
}

/** pgbench's functions by name (https://www.postgresql.org/docs/18/pgbench.html#PGBENCH-FUNCTIONS). */
export const FUNCTIONS: Readonly<Record<string, ScriptFunction>> = {
  abs: one((value) => {
    if (typeof value === 'number') return Math.abs(value);
    const integer = toInt(value);
    return int64(integer < 0n ? -integer : integer, 'bigint abs');
  }),
  // pgbench prints the argument; it may come from a row, so nothing is printed here.
  debug: one((value) => value),
  double: one(toDouble),
  exp: one((value) => Math.exp(toDouble(value))),
  int: one(toInt),
  ln: one((value) => Math.log(toDouble(value))),
  sqrt: one((value) => Math.sqrt(toDouble(value))),
  pi: { arity: [0, 0], apply: () => Math.PI },
  mod: two((left, right) => remainder(toInt(left), toInt(right))),
  pow: two((base, exponent) => toDouble(base) ** toDouble(exponent)),
  power: two((base, exponent) => toDouble(base) ** toDouble(exponent)),
  greatest: extreme((best, candidate) => best > candidate),
  least: extreme((best, candidate) => best < candidate),
  random: {
    arity: [2, 2],
    apply: ([lower = 0n, upper = 0n], random) => uniform(random, toInt(lower), toInt(upper)),
  },
  random_exponential: shaped(exponential),
  random_gaussian: shaped(gaussian),
  random_zipfian: shaped(zipfian),
  hash: seeded(murmur2),
  hash_murmur2: seeded(murmur2),
  hash_fnv1a: seeded(fnv1a),
  permute: {
    arity: [2, 3],
    defaults: ['default_seed'],
    apply: ([value = 0n, size = 0n, seed = 0n]) => {
      const count = toInt(size);
      if (count <= 0n)
        throw new ScriptError('invalidValue', 'permute size parameter must be greater than zero');
      return permute(toInt(value), count, toInt(seed));
    },
  },
};

/** Remainder with the sign of `left`, as in C and SQL. @throws ScriptError */
export function remainder(left: bigint, right: bigint): bigint {
  if (right === 0n) throw new ScriptError('divisionByZero', 'division by zero');
  return left % right;
}

function one(apply: (value: Argument) => Scalar): ScriptFunction {
  return { arity: [1, 1], apply: ([value = 0n]) => apply(value) };
}

function two(apply: (left: Argument, right: Argument) => Scalar): ScriptFunction {
  return { arity: [2, 2], apply: ([left = 0n, right = 0n]) => apply(left, right) };
}

function extreme(keeps: (best: Argument, candidate: Argument) => boolean): ScriptFunction {
  return {
    arity: [1, Infinity],
    apply: (args) => {
      const double = args.some((value) => typeof value === 'number');
      const numbers = args.map((value) => (double ? toDouble(value) : toInt(value)));
      return numbers.reduce((best, candidate) => (keeps(best, candidate) ? best : candidate));
    },
  };
}

function shaped(
  draw: (random: Random, lower: bigint, upper: bigint, parameter: number) => bigint,
): ScriptFunction {
  return {
    arity: [3, 3],
    apply: ([lower = 0n, upper = 0n, parameter = 0n], random) =>
      draw(random, toInt(lower), toInt(upper), toDouble(parameter)),
  };
}

function seeded(hash: (value: bigint, seed: bigint) => bigint): ScriptFunction {
  return {
    arity: [1, 2],
    defaults: ['default_seed'],
    apply: ([value = 0n, seed = 0n]) => hash(toInt(value), toInt(seed)),
  };
}
