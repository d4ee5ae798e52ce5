import { hash } from '../draw/hash.ts';
import { shuffled } from '../draw/shuffle.ts';
import { regex } from '../expr/operators.ts';
import type { Maker } from './maker.ts';
import { parsePattern, type Part } from './pattern-parts.ts';

const MOST_TRIES = 40;
const SAMPLES = 64;

interface Wanted {
  readonly seed: number;
  readonly least: number;
  readonly most: number;
  readonly distinct: number;
}

/** Texts that meet all the patterns, written by the first of them that can be; undefined where none is met by what was made. */
export function textByPattern(patterns: readonly string[], wanted: Wanted): Maker | undefined {
  const tests = patterns.map((pattern) => regex(pattern, false));
  const fits = (text: string): boolean =>
    text.length >= wanted.least &&
    text.length <= wanted.most &&
    tests.every((test) => test?.test(text) ?? false);
  for (const pattern of patterns) {
    const parts = parsePattern(pattern);
    if (parts === undefined) continue;
    const maker = written(parts, wanted, fits);
    const samples = Array.from({ length: SAMPLES }, (_, at) =>
      maker.at(Math.floor((at * wanted.distinct) / SAMPLES)),
    );
    if (samples.every((sample) => fits(String(sample)))) return maker;
  }
  return undefined;
}

function written(parts: Part, { seed, distinct, least }: Wanted, fits: (text: string) => boolean): Maker {
  const count = Math.max(1, distinct);
  const mixed = shuffled(count, seed, 0);
  return {
    room: room(parts),
    at: (number) => {
      let text = '';
      // The number is written in its choices first; what more choices there are is drawn.
      for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
        const draw = new Choices(mixed(number % count), hash(seed + attempt, number), least);
        text = write(parts, draw);
        if (fits(text)) break;
      }
      return text;
    },
  };
}

/** Choices out of a number, digit after digit, and by chance once it is used up. */
class Choices {
  #left: number;
  #drawn = 0;
  readonly #seed: number;
  /** Characters that the whole has to have. */
  readonly least: number;

  constructor(number: number, seed: number, least: number) {
    this.#left = number;
    this.#seed = seed;
    this.least = least;
  }

  /** One of so many, that tells of the number. */
  digit(of: number): number {
    const digit = this.#left % of;
    this.#left = Math.floor(this.#left / of);
    this.#drawn += 1;
    // All digits of a number that is used up are 0; what comes then may be anything that goes by the number alone.
    return digit;
  }

  /** One of so many, by chance. */
  any(of: number): number {
    this.#drawn += 1;
    return hash(this.#seed, this.#drawn) % of;
  }
}

function write(part: Part, draw: Choices): string {
  switch (part.type) {
    case 'letters':
      return part.letters[draw.digit(part.letters.length)] ?? '';
    case 'sequence':
      return part.parts.map((each) => write(each, draw)).join('');
    case 'either': {
      const chosen = part.parts[draw.any(part.parts.length)];
      return chosen === undefined ? '' : write(chosen, draw);
    }
    case 'repeat': {
      const most = Math.min(part.most, Math.max(part.least, draw.least, 8) + 4);
      const count = Math.max(
        part.least,
        Math.min(most, part.most === Infinity ? Math.max(part.least, draw.least, 8) : most),
      );
      let text = '';
      for (let at = 0; at < count; at += 1) text += write(part.part, draw);
      return text;
    }
  }
}

/** How many texts there are for sure. */
function room(part: Part): number {
  switch (part.type) {
    case 'letters':
      return part.letters.length;
    case 'sequence':
      return part.parts.reduce((product, each) => Math.min(Number.MAX_SAFE_INTEGER, product * room(each)), 1);
    case 'either':
      return Math.max(1, ...part.parts.map(room));
    case 'repeat': {
      const count = part.most === Infinity ? Math.max(part.least, 8) : part.most;
      return Math.min(Number.MAX_SAFE_INTEGER, room(part.part) ** Math.min(count, 12));
    }
  }
}
