import { DAY_US } from '../expr/value.ts';
import type { Maker, Wanted } from './maker.ts';
import { spread } from './numbers.ts';

const SECOND_US = 1_000_000;
/** 0001-01-01 and 9999-12-31: what is beyond them is written another way. */
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;
/** Of what has no histogram. */
const USUAL_DAYS = 730;

/** Days since 1970. */
export function dates({ domain, histogram, distinct, isExact, nowUs }: Wanted): Maker {
  const last = Math.floor(nowUs / DAY_US);
  return spread({
    bounds:
      secondsOf(histogram)?.map((seconds) => Math.floor(seconds / 86_400)) ??
      within(last - USUAL_DAYS, last, domain),
    min: Math.max(FIRST_DAY, domain.min ?? -Infinity),
    max: Math.min(LAST_DAY, domain.max ?? Infinity),
    isMinKnown: domain.min !== undefined,
    usualMin: last - USUAL_DAYS,
    usualStep: 1,
    unit: 1,
    distinct,
    isExact,
    tidy: Math.round,
  });
}

/** Microseconds since 1970, on whole seconds where there is room. */
export function timestamps({ type, domain, histogram, distinct, isExact, nowUs }: Wanted): Maker {
  const bounds =
    secondsOf(histogram)?.map((seconds) => seconds * SECOND_US) ??
    within(nowUs - USUAL_DAYS * DAY_US, nowUs, domain);
  const range = (bounds.at(-1) ?? 0) - (bounds[0] ?? 0);
  // timestamp(0) has no fractions; and a second has room for a few values only.
  const unit =
    type.modifier === 0 || range / SECOND_US > 4 * distinct ? SECOND_US : type.modifier === 3 ? 1000 : 1;
  return spread({
    bounds,
    min: Math.max(FIRST_DAY * DAY_US, domain.min ?? -Infinity),
    max: Math.min(LAST_DAY * DAY_US, domain.max ?? Infinity),
    isMinKnown: domain.min !== undefined,
    usualMin: nowUs - USUAL_DAYS * DAY_US,
    usualStep: Math.max(unit, SECOND_US),
    unit,
    distinct,
    isExact,
    tidy: (value) => Math.round(value / unit) * unit,
  });
}

/** Microseconds since midnight, or of an interval: up to a day. */
export function clocks({ domain, distinct, isExact }: Wanted): Maker {
  const min = Math.max(0, domain.min ?? 0);
  const max = Math.min(DAY_US - SECOND_US, domain.max ?? Infinity);
  return spread({
    bounds: [min, max],
    min,
    max,
    isMinKnown: true,
    usualMin: 0,
    usualStep: SECOND_US,
    unit: distinct < 86_400 ? SECOND_US : 1,
    distinct,
    isExact,
    tidy: Math.round,
  });
}

function secondsOf(histogram: Wanted['histogram']): readonly number[] | undefined {
  return histogram?.of === 'times' ? histogram.bounds : undefined;
}

/** A usual range, or one beside it that the domain takes. */
function within(
  from: number,
  to: number,
  { min = -Infinity, max = Infinity }: Wanted['domain'],
): readonly number[] {
  if (max < from) return [Math.max(min, max - (to - from)), max];
  return min > to ? [min, Math.min(max, min + (to - from))] : [Math.max(from, min), Math.min(to, max)];
}
