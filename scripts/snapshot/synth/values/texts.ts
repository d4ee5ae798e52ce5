import { chance, hash } from '../draw/hash.ts';
import { shuffled } from '../draw/shuffle.ts';
import { textByPattern } from './by-pattern.ts';
import type { Maker, Wanted, Widths } from './maker.ts';

const DIGITS = 36;
/** Letters by chance and blanks between: nothing that would be compressed. */
const POOL = pool(1 << 18);
/** Longest field that is made: PostgreSQL takes a gigabyte, memory does not. */
const MOST_BYTES = 8 * 1024 ** 2;
const SHORT_HEADER = 1;
const LONG_HEADER = 4;
const MOST_SHORT = 126;
const TYPMOD_HEADER = 4;

function pool(length: number): string {
  const text: string[] = []; // to look at the end of a string that grows copies all of it
  for (let at = 0; at < length; at += 1) {
    const drawn = hash(7, at);
    text.push(drawn % 7 === 0 && text.at(-1) !== ' ' ? ' ' : (drawn % DIGITS).toString(DIGITS));
  }
  return text.join('');
}

/** Texts of the column's widths; each begins with letters that tell its number. */
export function texts(wanted: Wanted): Maker {
  const { type, domain, distinct, widths, seed, isOrdered, labels } = wanted;
  const most = Math.min(
    domain.maxLength ?? Infinity,
    type.name === 'char' ? 1 : type.name === 'name' ? 63 : Infinity,
    limit(wanted),
  );
  const least = Math.max(
    domain.minLength ?? 0,
    type.name === 'bpchar' && Number.isFinite(limit(wanted)) ? Math.min(most, limit(wanted)) : 0,
  );
  if (domain.patterns !== undefined) {
    const made = textByPattern(domain.patterns, { seed, least, most, distinct });
    if (made !== undefined) return made;
  }
  const named = labels.filter((label) => label.length <= most && label.length >= least);
  let digits = 1;
  while (DIGITS ** digits < distinct && digits < most) digits += 1;
  const room = Math.min(DIGITS ** digits, 2 ** 31);
  const count = Math.min(Math.max(distinct, 1), room);
  const mixed = isOrdered ? (at: number): number => at : shuffled(count, seed, 0);
  return {
    room,
    at: (number) => {
      const label = named[number];
      if (label !== undefined) return label;
      const code = mixed(number % count)
        .toString(DIGITS)
        .padStart(digits, '0');
      const length = Math.min(most, Math.max(least, digits, lengthOf(widths, seed, number)));
      return code + filler(length - digits, hash(seed, number));
    },
  };
}

function limit({ type: { name, modifier } }: Wanted): number {
  return (name === 'varchar' || name === 'bpchar') && modifier >= TYPMOD_HEADER
    ? modifier - TYPMOD_HEADER
    : Infinity;
}

/** Characters of the value with this number: around the mean, or long enough for TOAST. */
export function lengthOf({ shortBytes, longBytes, longShare }: Widths, seed: number, number: number): number {
  const isLong = longShare > 0 && chance(seed + 11, number) < longShare;
  const stored = isLong ? longBytes : shortBytes;
  const mean = Math.max(
    0,
    stored - (stored - SHORT_HEADER <= MOST_SHORT && !isLong ? SHORT_HEADER : LONG_HEADER),
  );
  // A quarter more or less, evenly: the mean stays.
  return Math.min(MOST_BYTES, Math.round(mean * (0.75 + chance(seed + 12, number) / 2)));
}

/** So many letters, that begin elsewhere with each number and end with no blank. */
export function filler(length: number, number: number): string {
  if (length <= 0) return '';
  let from = number % (POOL.length >> 1);
  let made = POOL.slice(from, from + length);
  while (made.length < length) {
    from = hash(3, from + made.length) % (POOL.length >> 1);
    made += POOL.slice(from, from + length - made.length);
  }
  return made.endsWith(' ') || made.startsWith(' ') ? `x${made.slice(1, -1)}x`.slice(0, length) : made;
}
