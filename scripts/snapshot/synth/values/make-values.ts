import { hash } from '../draw/hash.ts';
import { classOf, type Value, type ValueClass } from '../expr/value.ts';
import { textOf } from './copy-text.ts';
import type { Maker, Wanted } from './maker.ts';
import { numbers } from './numbers.ts';
import { arrays, OTHERS } from './others.ts';
import { texts } from './texts.ts';
import { clocks, dates, timestamps } from './times.ts';

const BY_CLASS: Readonly<Partial<Record<ValueClass, (wanted: Wanted) => Maker>>> = {
  bool: ({ labels }) => oneOf([false, true], labels),
  int: numbers,
  number: numbers,
  date: dates,
  timestamp: timestamps,
  time: clocks,
  interval: clocks,
  text: texts,
};

/** Values of a column; undefined of a type that nothing is known to make values of. */
export function makeValues(wanted: Wanted): Maker | undefined {
  const { type, domain, labels } = wanted;
  if (domain.values !== undefined) return oneOf(domain.values, labels);
  if (type.kind === 'enum') return oneOf(type.labels, labels);
  if (type.kind === 'array' && type.element !== null) return arraysOf(wanted, type.element);
  if (type.kind === 'range' && type.element !== null) return ranges(wanted, type.element);
  const make = OTHERS[type.name] ?? BY_CLASS[classOf(type.name)];
  return make?.(wanted);
}

/** Those that the schema names for the column come first: the first ones are the commonest. */
function oneOf(values: readonly Value[], labels: readonly string[]): Maker {
  const first = labels.flatMap((label) => values.filter((value) => String(value) === label));
  const all = [...new Set([...first, ...values])];
  return { room: all.length, at: (number) => all[number % all.length] ?? null };
}

function arraysOf(wanted: Wanted, element: NonNullable<Wanted['type']['element']>): Maker | undefined {
  const elementBytes = /text|char/.test(element.name) ? 10 : 8;
  const inside = makeValues({
    ...wanted,
    type: element,
    domain: {},
    histogram: null,
    isExact: false,
    widths: { shortBytes: elementBytes, longBytes: 0, longShare: 0 },
  });
  return inside && arrays(wanted, inside, elementBytes);
}

/**
 * From one bound to a later one; the upper one is left out, as all ranges of whole numbers have it. Different ones do not overlap: each has two
 * neighbouring bounds of its own.
 */
function ranges(wanted: Wanted, bound: NonNullable<Wanted['type']['element']>): Maker | undefined {
  const distinct = wanted.distinct * 2 + 2;
  const bounds = makeValues({
    ...wanted,
    type: bound,
    domain: {},
    histogram: null,
    distinct,
    full: distinct,
    isExact: true,
    isOrdered: true,
  });
  if (bounds === undefined) return undefined;
  return {
    room: Math.floor(bounds.room / 2),
    at: (number) => {
      const place = wanted.isExact ? number : hash(wanted.seed, number) % Math.max(1, wanted.distinct);
      const from = place * 2;
      const [low, high] = [from, from + 1].map((at) => textOf(bounds.at(at), bound));
      return `[${low},${high})`;
    },
  };
}
