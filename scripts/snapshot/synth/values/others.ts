import { chance, hash } from '../draw/hash.ts';
import { shuffled } from '../draw/shuffle.ts';
import type { Value } from '../expr/value.ts';
import type { Maker, Wanted } from './maker.ts';
import { filler, lengthOf } from './texts.ts';

const BYTES = 256;
const WORD = 2 ** 32;

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

/** Random ones of version 4; ordered ones begin with their number, as version 7 does with its time. */
function uuids({ seed, isOrdered }: Wanted): Maker {
  return {
    room: WORD,
    at: (number) => {
      // `hash` gives no two numbers below 2^32 the same.
      const first = isOrdered ? number : hash(seed, number);
      const rest = [1, 2, 3].map((word) => hex(hash(seed + word, number), 8)).join('');
      const version = isOrdered ? '7' : '4';
      return `${hex(first, 8)}-${rest.slice(0, 4)}-${version}${rest.slice(5, 8)}-a${rest.slice(9, 12)}-${rest.slice(12, 24)}`;
    },
  };
}

/** Objects with a number and a text of the column's width. */
function json({ widths, seed, distinct }: Wanted): Maker {
  const mixed = shuffled(Math.max(1, distinct), seed, 0);
  return {
    room: WORD,
    at: (number) => {
      const head = `{"n": ${mixed(number % Math.max(1, distinct))}, "text": "`;
      return `${head}${filler(Math.max(0, lengthOf(widths, seed, number) - head.length - 2), hash(seed, number))}"}`;
    },
  };
}

function bytea({ widths, seed, domain }: Wanted): Maker {
  return {
    room: WORD,
    at: (number) => {
      const length = Math.min(
        domain.maxLength ?? Infinity,
        Math.max(domain.minLength ?? 4, lengthOf(widths, seed, number)),
      );
      let text = hex(hash(seed, number), 8);
      for (let word = 1; text.length < length * 2; word += 1) text += hex(hash(seed + word, number), 8);
      return `\\x${text.slice(0, Math.max(1, length) * 2)}`;
    },
  };
}

function inet({ seed, distinct }: Wanted): Maker {
  const room = BYTES ** 3;
  const mixed = shuffled(Math.min(room, Math.max(1, distinct)), seed, 0);
  return {
    room,
    at: (number) => {
      const at = mixed(number % Math.min(room, Math.max(1, distinct)));
      return `10.${(at >> 16) % BYTES}.${(at >> 8) % BYTES}.${at % BYTES}`;
    },
  };
}

const cidr = (): Maker => ({
  room: BYTES ** 2,
  at: (number) => `10.${(number >> 8) % BYTES}.${number % BYTES}.0/24`,
});

/** Of the range for documentation (RFC 7042). */
const macaddr = (): Maker => ({
  room: 2 ** 24,
  at: (number) =>
    `00:00:5e:${hex((number >> 16) % BYTES, 2)}:${hex((number >> 8) % BYTES, 2)}:${hex(number % BYTES, 2)}`,
});

const bits = ({ type }: Wanted): Maker => {
  const length = type.modifier > 0 ? type.modifier : type.name === 'bit' ? 1 : 16;
  return {
    room: 2 ** Math.min(31, length),
    at: (number) => (number % 2 ** Math.min(31, length)).toString(2).padStart(length, '0'),
  };
};

const point = ({ seed }: Wanted): string[] =>
  ['x', 'y'].map((_, at) => (chance(seed + at, at) * 100).toFixed(3));

const byNumber =
  (write: (number: number, wanted: Wanted) => string) =>
  (wanted: Wanted): Maker => ({
    room: WORD,
    at: (number) => write(number, wanted),
  });

/** Each type that is no number, time or text, by `pg_type.typname`. */
export const OTHERS: Readonly<Record<string, (wanted: Wanted) => Maker>> = {
  uuid: uuids,
  json,
  jsonb: json,
  bytea,
  inet,
  cidr,
  macaddr,
  bit: bits,
  varbit: bits,
  money: byNumber((number) => `${1 + number}.00`),
  xml: byNumber((number) => `<n>${number}</n>`),
  tsvector: byNumber(
    (number, { widths, seed }) =>
      `w${number} ${filler(Math.min(400, lengthOf(widths, seed, number)) - 8, number)}`,
  ),
  point: byNumber((number, wanted) => `(${point({ ...wanted, seed: wanted.seed + number }).join(',')})`),
  hstore: byNumber((number) => `"n"=>"${number}"`),
  ltree: byNumber((number) => `top.n${number}`),
  timetz: byNumber((number) => `${new Date((number % 86_400) * 1000).toISOString().slice(11, 19)}+00`),
};

const ARRAY_HEADER_BYTES = 21;

/** Arrays whose first element tells their number. */
export function arrays(wanted: Wanted, element: Maker, elementBytes: number): Maker {
  const { widths, seed, domain } = wanted;
  const inside = Math.max(0, widths.shortBytes - ARRAY_HEADER_BYTES);
  const mean = Math.min(1000, Math.max(1, inside / Math.max(1, elementBytes)));
  return {
    room: element.room,
    at: (number) => {
      const drawn = Math.round(mean * (0.5 + chance(seed + 21, number)));
      const length = Math.min(domain.max ?? Infinity, Math.max(1, drawn));
      return Array.from({ length }, (_, at): Value =>
        element.at(
          at === 0 ? number : hash(seed + at, number) % Math.max(1, Math.min(element.room, wanted.distinct)),
        ),
      );
    },
  };
}
