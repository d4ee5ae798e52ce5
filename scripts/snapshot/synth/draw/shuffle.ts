import { hash } from './hash.ts';

const ROUNDS = 3;
/** Correlation from which on rows are simply in the order of the values. */
const SAME_ORDER = 0.98;
/** Of two blocks of the same size, each in an order by chance. */
const TWO_BLOCKS = 0.75;

/** Gives each number below `count` another place below `count`; no two the same. */
export type Shuffle = (at: number) => number;

/** An order by chance: a Feistel network over the next even number of bits, walked until it is below `count`. */
function byChance(count: number, seed: number): Shuffle {
  let half = 1;
  while (4 ** half < count) half += 1;
  const size = 2 ** half;
  const mask = size - 1;
  const once = (at: number): number => {
    let left = Math.floor(at / size);
    let right = at & mask;
    for (let round = 0; round < ROUNDS; round += 1) {
      const mixed = (left ^ hash(seed + round, right)) & mask;
      left = right;
      right = mixed;
    }
    return left * size + right;
  };
  return (at) => {
    let to = once(at);
    while (to >= count) to = once(to);
    return to;
  };
}

/**
 * An order with about this correlation to the rows': blocks that follow each other, each by chance in itself. Of blocks that have
 * the share w of all rows it is 1 − w², of two with the shares a and 1 − a it is 3a(1 − a).
 */
export function shuffled(count: number, seed: number, correlation: number): Shuffle {
  const strength = Math.min(1, Math.abs(correlation));
  const upwards = blocks(count, seed, strength);
  return correlation < 0 ? (at) => count - 1 - upwards(at) : upwards;
}

function blocks(count: number, seed: number, strength: number): Shuffle {
  if (strength >= SAME_ORDER || count < 4) return (at) => at;
  if (strength < TWO_BLOCKS) {
    const first = Math.floor(count * ((1 - Math.sqrt(1 - (4 * strength) / 3)) / 2));
    const inFirst = byChance(Math.max(1, first), seed);
    const inSecond = byChance(count - first, seed + ROUNDS);
    return (at) => (at < first ? inFirst(at) : first + inSecond(at - first));
  }
  const size = Math.max(1, Math.ceil(count * Math.sqrt(1 - strength)));
  const inBlock = byChance(size, seed);
  const last = Math.floor(count / size) * size;
  const inLast = byChance(Math.max(1, count - last), seed + ROUNDS);
  return (at) => (at < last ? at - (at % size) + inBlock(at % size) : last + inLast(at - last));
}
