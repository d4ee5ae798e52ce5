import { rounded } from '../expr/functions.ts';
import type { Maker, Wanted } from './maker.ts';

const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  int2: [-32_768, 32_767],
  int4: [-2_147_483_648, 2_147_483_647],
  int8: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  oid: [0, 4_294_967_295],
};
const TYPMOD_HEADER = 4;
/** Of numeric without a scale, and of floating point. */
const USUAL_DIGITS = 2;

/** Digits behind the point; 0 of whole numbers. */
export function digitsOf({ name, modifier }: Wanted['type']): number {
  if (name in LIMITS) return 0;
  // numeric keeps precision and scale in one number (numerictypmodin).
  return name === 'numeric' && modifier >= TYPMOD_HEADER ? (modifier - TYPMOD_HEADER) & 0x7ff : USUAL_DIGITS;
}

function limitsOf({ name, modifier }: Wanted['type'], digits: number): readonly [number, number] {
  const whole = LIMITS[name];
  if (whole !== undefined) return whole;
  if (name !== 'numeric' || modifier < TYPMOD_HEADER) return [-1e12, 1e12];
  const precision = ((modifier - TYPMOD_HEADER) >> 16) & 0xffff;
  const most = Math.min(10 ** (precision - digits), 1e13) - 10 ** -digits;
  return [-most, most];
}

/** Numbers in the histogram's range and the domain's, as many between two bounds as between any others. */
export function numbers(wanted: Wanted): Maker {
  const { type, domain, histogram, distinct, isExact } = wanted;
  const digits = digitsOf(type);
  const unit = 10 ** -digits;
  const [typeMin, typeMax] = limitsOf(type, digits);
  const bounds = histogram?.of === 'numbers' ? histogram.bounds : undefined;
  return spread({
    bounds,
    min: Math.max(typeMin, domain.min ?? -Infinity),
    max: Math.min(typeMax, domain.max ?? Infinity),
    isMinKnown: domain.min !== undefined,
    usualMin: unit >= 1 ? 1 : 0.99,
    usualStep: 1,
    unit,
    distinct,
    full: wanted.full,
    isExact,
    tidy: (value) => rounded(value, digits),
  });
}

interface Spread {
  /** Where values lie: as many between any two neighbours; undefined = not known. */
  readonly bounds: readonly number[] | undefined;
  readonly min: number;
  readonly max: number;
  readonly isMinKnown: boolean;
  /** The first one, and what lies between two, where nothing says where they lie. */
  readonly usualMin: number;
  readonly usualStep: number;
  /** The least difference that there is. */
  readonly unit: number;
  readonly distinct: number;
  /** Of production: between as many values there is as much room here, though there are fewer; absent = they take all of it. */
  readonly full?: number;
  readonly isExact: boolean;
  readonly tidy: (value: number) => number;
}

export function spread(wanted: Spread): Maker {
  const { min, max, unit, distinct, tidy } = wanted;
  const bounds = boundsOf(wanted);
  const low = Math.max(min, Math.min(bounds[0] ?? min, max));
  let high = Math.min(max, Math.max(bounds.at(-1) ?? max, low));
  const needed = low + (distinct - 1) * unit;
  if (high < needed) high = Math.min(max, needed);
  const room = Math.max(1, Math.floor((high - low) / unit + 1e-6) + 1);
  const count = Math.max(1, Math.min(distinct, room));
  if (wanted.isExact || bounds.length < 2 || high > (bounds.at(-1) ?? 0) || low < (bounds[0] ?? 0)) {
    const units = room - 1;
    const perStep =
      count === 1 ? 0 : Math.max(1, Math.floor(units / (Math.max(count, wanted.full ?? 0) - 1)));
    return { room, at: (number) => tidy(low + Math.min(number * perStep, units) * unit) };
  }
  const pieces = bounds.length - 1;
  const clamp = (value: number): number => Math.min(high, Math.max(low, value));
  return {
    room,
    at: (number) => {
      const place = count === 1 ? 0 : (Math.min(number, count - 1) / (count - 1)) * pieces;
      const piece = Math.min(Math.floor(place), pieces - 1);
      const from = bounds[piece] ?? low;
      const to = bounds[piece + 1] ?? from;
      return clamp(tidy(clamp(from + (to - from) * (place - piece))));
    },
  };
}

/** The part of the histogram that lies in the domain, where any does. */
function boundsOf({
  bounds,
  min,
  max,
  isMinKnown,
  usualMin,
  usualStep,
  distinct,
}: Spread): readonly number[] {
  const inside = bounds?.filter((bound) => bound >= min && bound <= max) ?? [];
  const first = inside[0];
  const last = inside.at(-1);
  if (first !== undefined && last !== undefined && last > first) return inside;
  const from =
    first ??
    (isMinKnown || usualMin < min || usualMin > max
      ? min === -Infinity
        ? max - usualStep * distinct
        : min
      : usualMin);
  const to = Math.min(max, from + usualStep * Math.max(1, distinct - 1));
  return to > from ? [from, to] : [Math.max(min, to - usualStep * Math.max(1, distinct - 1)), to];
}
