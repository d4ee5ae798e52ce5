import { RehearsalError } from '../shared/errors.ts';

/** One of several machines that share the rehearsals of a night. */
interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** @throws USAGE */
export function parseShard(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new RehearsalError('USAGE', `--shard ${text} is not k/n with k from 1 to n`, {
    hint: 'the second of four machines is --shard 2/4',
  });
}

/** Its part of a list that all of them know in the same order. */
export function partOf<T>(all: readonly T[], { index, of }: Shard): T[] {
  return all.filter((_, position) => position % of === index - 1);
}
