import type { Histogram } from './statistics.ts';

/** So many points, no finer than a thousandth of the whole: the shape of the values and none of them. */
const MOST_BOUNDS = 21;
const STEPS = 1000;
/** One at each end. */
const INFINITIES = 2;

const NUMBERS = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);
const TIMES = new Set(['date', 'timestamp', 'timestamptz']);
const TIME = /^(\d{4,6}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?))?([+-]\d\d(?::?\d\d)?)?$/;

/** What the bounds of a type are; undefined of one whose bounds would be values. @param type as `pg_type.typname` */
export function histogramOf(type: string): Histogram['of'] | undefined {
  if (NUMBERS.has(type)) return 'numbers';
  return TIMES.has(type) ? 'times' : undefined;
}

/**
 * The shape of a histogram of PostgreSQL.
 * @param text an array's text, as `{1,2}` or `{"2020-01-01 00:00:00+00"}`; times in ISO, without a zone in UTC
 * @returns null where it has no two bounds that are finite, or bounds of another kind
 */
export function histogramShape(of: Histogram['of'], text: string | null): Histogram | null {
  const written = (text ?? '{}').slice(1, -1).split(',');
  const bounds = written
    .map((part) => (of === 'numbers' ? Number(part || NaN) : seconds(part.replaceAll('"', ''))))
    .filter(Number.isFinite);
  const first = bounds[0];
  const last = bounds.at(-1);
  if (bounds.length < Math.max(2, written.length - INFINITIES) || first === undefined || last === undefined)
    return null;
  const points = Math.min(MOST_BOUNDS, bounds.length);
  const step = niceStep((last - first) / STEPS);
  const shape = Array.from({ length: points }, (_, at) => {
    const bound = bounds[Math.round((at * (bounds.length - 1)) / (points - 1))] ?? first;
    return Number((Math.round(bound / step) * step).toPrecision(15));
  });
  return { of, bounds: shape };
}

function seconds(text: string): number {
  const [, date, time = '00:00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const offset = zone.length === 3 ? `${zone}:00` : zone;
  return date === undefined ? NaN : Date.parse(`${date}T${time}${offset}`) / 1000;
}

/** The largest power of ten that is not above it; 1 where there is no range. */
function niceStep(most: number): number {
  return most <= 0 ? 1 : 10 ** Math.floor(Math.log10(most));
}
