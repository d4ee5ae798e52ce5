import type { Random } from './random.ts';
import { ScriptError } from '../script-error.ts';

/*
 * The random functions of pgbench, as its manual defines them
 * (https://www.postgresql.org/docs/18/pgbench.html#PGBENCH-FUNCTIONS). All draw from lower … upper, both included.
 */

const TOO_MANY = 1n << 63n;
const GAUSSIAN_MIN = 2;
const ZIPFIAN_MIN = 1.001;
const ZIPFIAN_MAX = 1000;

/** Each value as likely as the other. @throws ScriptError */
export function uniform(random: Random, lower: bigint, upper: bigint): bigint {
  return lower + random.below(width(lower, upper));
}

/** Likeliest at `lower`; `parameter` > 0 says how steep. @throws ScriptError */
export function exponential(random: Random, lower: bigint, upper: bigint, parameter: number): bigint {
  const values = width(lower, upper);
  if (!(parameter > 0)) throw badParameter('exponential parameter must be greater than zero');
  const cut = Math.exp(-parameter);
  const uniformDraw = 1 - random.unit(); // in (0, 1]
  return place(lower, values, -Math.log(cut + (1 - cut) * uniformDraw) / parameter);
}

/** Likeliest in the middle; the bell is cut off at ± `parameter` >= 2 standard deviations. @throws ScriptError */
export function gaussian(random: Random, lower: bigint, upper: bigint, parameter: number): bigint {
  const values = width(lower, upper);
  if (!(parameter >= GAUSSIAN_MIN)) {
    throw badParameter(`gaussian parameter must be at least ${GAUSSIAN_MIN}`);
  }
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.unit()));
    const deviation = radius * Math.sin(2 * Math.PI * random.unit()); // Box and Muller
    if (deviation >= -parameter && deviation < parameter) {
      return place(lower, values, (deviation + parameter) / (2 * parameter));
    }
  }
}

/** The k-th value is drawn with a probability in proportion to k^-parameter, for 1.001 <= parameter <= 1000. @throws ScriptError */
export function zipfian(random: Random, lower: bigint, upper: bigint, parameter: number): bigint {
  const values = width(lower, upper);
  if (!(parameter >= ZIPFIAN_MIN && parameter <= ZIPFIAN_MAX)) {
    throw badParameter(`zipfian parameter must be in range [${ZIPFIAN_MIN}, ${ZIPFIAN_MAX}]`);
  }
  // Rejection from a Pareto-like envelope: L. Devroye, Non-Uniform Random Variate Generation (1986), p. 550-551.
  const exponent = parameter - 1;
  const envelope = 2 ** exponent;
  const largest = Number(values);
  for (;;) {
    const rank = Math.floor((1 - random.unit()) ** (-1 / exponent));
    const ratio = (1 + 1 / rank) ** exponent;
    const accepted = (random.unit() * rank * (ratio - 1)) / (envelope - 1) <= ratio / envelope;
    if (accepted && rank <= largest) return lower + BigInt(rank) - 1n;
  }
}

function width(lower: bigint, upper: bigint): bigint {
  if (lower > upper) throw badParameter('empty range given to random');
  const values = upper - lower + 1n;
  if (values >= TOO_MANY) throw badParameter('random range is too large');
  return values;
}

/** The value that a fraction in [0, 1) of the range falls on; rounding must not lead past the end. */
function place(lower: bigint, values: bigint, fraction: number): bigint {
  const offset = BigInt(Math.floor(Number(values) * fraction));
  return lower + (offset < values ? offset : values - 1n);
}

function badParameter(message: string): ScriptError {
  return new ScriptError('invalidValue', message);
}
