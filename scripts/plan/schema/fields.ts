import { z } from 'zod';
import {
  BYTES_PER_SEC,
  DURATION_MS,
  isWithin,
  LINK_BITS_PER_SEC,
  LINK_DELAY_MS,
  MEASURE_MS,
  RATE_PER_SEC,
  SIZE_BYTES,
  type Bounds,
} from '../../shared/bounds.ts';
import {
  parseBitsPerSec,
  parseBytesPerSec,
  parseDurationMs,
  parseRatePerSec,
  parseSizeBytes,
} from '../../shared/text/quantities.ts';

/*
 * The scalars of rehearsal.yaml. `title` names the type for editors and docs/config.md, and the pattern, also for them, lets
 * ${NAME} through. In messages `{value}` stands for what the author wrote: whoever prints them fills it in, and only they know
 * whether it came from the environment and must not be shown.
 */

const FROM_ENVIRONMENT = '\\$\\{';

interface Field {
  /** The type's name, such as `duration`. */
  readonly title: string;
  /** With article, as in `x is not a duration`. */
  readonly what: string;
  readonly example: string | number | boolean;
  readonly pattern?: string;
  /** What to write where only the unit is missing, such as `{value}/s`. */
  readonly withUnit?: string;
}

/** More than all connections can stand in the longest run. */
const MOST_SECONDS = 1e9;
/** NAMEDATALEN - 1 */
const LONGEST_NAME_BYTES = 63;
const LONGEST_COMMAND_BYTES = 100_000;

const DURATION = {
  title: 'duration',
  what: 'a duration',
  pattern: '^(\\d+(\\.\\d+)?\\s*(us|ms|s|m|min|h|d)\\s*)+$',
  withUnit: '{value}s or {value}ms',
};

/** 250ms, 2s, 5m, 1h30m → milliseconds; 0s counts as well. */
export function duration(example: string) {
  return text({ ...DURATION, example, bounds: DURATION_MS, zero: true }, parseDurationMs);
}

/** As duration(), but above zero. */
export function positiveDuration(example: string) {
  return text({ ...DURATION, what: 'a duration above zero', example, bounds: DURATION_MS }, parseDurationMs);
}

/** A duration that is only compared with what was measured → milliseconds, down to a microsecond. */
export function measure(example: string) {
  return text({ ...DURATION, example, bounds: MEASURE_MS, zero: true }, parseDurationMs);
}

/** As measure(), but above zero. */
export function positiveMeasure(example: string) {
  return text({ ...DURATION, what: 'a duration above zero', example, bounds: MEASURE_MS }, parseDurationMs);
}

/** The delay of a link → milliseconds. */
export function linkDelay(example: string) {
  return text({ ...DURATION, example, bounds: LINK_DELAY_MS, zero: true }, parseDurationMs);
}

/** 400/s → events per second. */
export function rate(example: string) {
  const pattern = '^\\d+(\\.\\d+)?\\s*/\\s*(s|min|h)$';
  const field = { title: 'rate', what: 'a rate', example, pattern, withUnit: '{value}/s' };
  return text({ ...field, bounds: RATE_PER_SEC }, parseRatePerSec);
}

/** 4GB → bytes. */
export function size(example: string) {
  const pattern = '^\\d+(\\.\\d+)?\\s*(B|kB|KB|MB|GB|TB)$';
  const field = { title: 'size', what: 'a size', example, pattern, withUnit: '{value}MB or {value}GB' };
  return text({ ...field, bounds: SIZE_BYTES }, parseSizeBytes);
}

/** 50MB/s → bytes per second. */
export function throughput(example: string) {
  const pattern = '^\\d+(\\.\\d+)?\\s*(B|kB|KB|MB|GB|TB)\\s*/\\s*s$';
  const field = { title: 'throughput', what: 'a throughput', example, pattern, withUnit: '{value}MB/s' };
  return text({ ...field, bounds: BYTES_PER_SEC }, parseBytesPerSec);
}

/** 100mbit → bits per second. */
export function linkRate(example: string) {
  const pattern = '^\\d+(\\.\\d+)?\\s*[kmg]bit$';
  const field = { title: 'link rate', what: 'the rate of a link', example, pattern, withUnit: '{value}mbit' };
  return text({ ...field, bounds: LINK_BITS_PER_SEC }, parseBitsPerSec);
}

/** Seconds as a number, or a duration → seconds. */
export function seconds(example: string) {
  const field = { title: 'seconds', what: 'a number of seconds', example };
  return numberOrText(field, { min: 0, max: MOST_SECONDS, whole: false }, (value) => {
    const ms = parseDurationMs(value);
    return ms === undefined ? numberOf(value) : ms / 1000;
  });
}

export function count(what: string, example: number, range: { min: number; max?: number }) {
  return numberOrText({ title: 'whole number', what, example }, { ...range, whole: true }, numberOf);
}

export function amount(what: string, example: number, range: { min: number; max?: number }) {
  return numberOrText({ title: 'number', what, example }, { ...range, whole: false }, numberOf);
}

export function flag(example: boolean) {
  return z
    .union([z.boolean(), z.string().meta({ pattern: FROM_ENVIRONMENT })], {
      error: says({ what: 'true or false', example }),
    })
    .meta({ title: 'true or false', examples: [example] })
    .transform((value, context) => {
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      return refuse(context, { what: 'true or false', example }, value);
    });
}

/** Text that is not empty; `what` says which, with article. */
export function words(what: string, example: string, pattern?: RegExp) {
  return asWritten({ title: 'text', what, example, ...(pattern ? { pattern: pattern.source } : {}) });
}

/** A text for `sh -c`: the kernel takes no argument above 128 kB. */
export function command(example: string) {
  return words('a command', example).refine((value) => Buffer.byteLength(value) <= LONGEST_COMMAND_BYTES, {
    error: `is longer than ${LONGEST_COMMAND_BYTES / 1000} kB; put it into a script, and call that`,
  });
}

export function path(what: string, example: string) {
  return asWritten({ title: 'path', what, example });
}

/** A key that the author names. Keys are not taken from the environment. */
export function key(what: string, pattern: RegExp) {
  return z.string().regex(pattern, { error: `{value} is not ${what}`, abort: true });
}

/** Name of a role, as pg_roles has it: not quoted, in its own case. */
export function role(example: string) {
  return words('the name of a role', example).refine(
    (name) => Buffer.byteLength(name) <= LONGEST_NAME_BYTES,
    {
      error: `is longer than ${LONGEST_NAME_BYTES} bytes, the most that PostgreSQL keeps of a name`,
    },
  );
}

/** One of a few words; `params.options` of its issue lists them. */
export function choice<const T extends string>(what: string, options: readonly T[]) {
  return z
    .string({ error: says({ what, example: eitherOf(options) }) })
    .meta({
      title: 'choice',
      pattern: `^(${options.join('|')})$|${FROM_ENVIRONMENT}`,
      examples: [...options],
    })
    .transform((value, context): T => {
      const found = options.find((option) => option === value);
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: `{value} is not ${what}`, params: { options } });
      return z.NEVER;
    });
}

/** `expand, deploy or switch` */
export function eitherOf(options: readonly string[]): string {
  return [options.slice(0, -1).join(', '), options.at(-1) ?? ''].filter((part) => part !== '').join(' or ');
}

/** Text that is checked and not converted. */
function asWritten(field: Field) {
  const { title, what, example, pattern } = field;
  const expected = new RegExp(pattern ?? '\\S', 'u');
  const forEditors = pattern === undefined ? {} : { pattern: `${pattern}|${FROM_ENVIRONMENT}` };
  const error = ({ input }: { input?: unknown }): string =>
    `${input === undefined ? 'missing; write' : '{value} is not'} ${what}, such as ${example}`;
  return z
    .string({ error })
    .meta({ title, examples: [example], ...forEditors })
    .refine((value) => expected.test(value), { error });
}

/** Text that stands for a number, which has its bounds. */
function text(field: Field & { bounds: Bounds; zero?: true }, read: (value: string) => number | undefined) {
  const { title, example, pattern, bounds, zero = false } = field;
  const forEditors = pattern === undefined ? {} : { pattern: `${pattern}|${FROM_ENVIRONMENT}` };
  return z
    .string({ error: says(field) })
    .meta({ title, examples: [example], ...forEditors })
    .transform((value, context): number => {
      const number = read(value);
      const isZero = !/[1-9]/.test(value); // what is rounded to zero is none
      if (number === undefined || (isZero && !zero)) return refuse(context, field, value);
      if (isZero || isWithin(bounds, number)) return number;
      const least = zero ? ', or 0s' : '';
      return refuse(context, { example, what: `${field.what} ${bounds.said}${least}` }, value);
    });
}

function numberOrText(
  field: Field,
  {
    whole,
    min,
    max = whole ? Number.MAX_SAFE_INTEGER : Infinity,
  }: { min: number; max?: number; whole: boolean },
  read: (value: string) => number | undefined,
) {
  const { title, example } = field;
  const ranged = {
    ...field,
    what: `${field.what} ${max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`}`,
  };
  const range = { minimum: min, ...(max === Infinity ? {} : { maximum: max }) };
  return z
    .union(
      [
        z.number().meta({ ...range, ...(whole ? { type: 'integer' } : {}) }),
        z.string().meta({ pattern: `^\\d+(\\.\\d+)?$|${FROM_ENVIRONMENT}` }),
      ],
      {
        error: says(ranged),
      },
    )
    .meta({ title, examples: [example] })
    .transform((value, context): number => {
      const number = typeof value === 'number' ? value : read(value);
      const fits =
        number !== undefined && number >= min && number <= max && (!whole || Number.isSafeInteger(number));
      return fits ? number : refuse(context, ranged, value);
    });
}

function says(field: Pick<Field, 'what' | 'example' | 'withUnit'>) {
  return ({ input }: { input?: unknown }): string =>
    input === undefined ? `missing; write ${field.example}` : isNot(field, input);
}

function refuse(
  context: z.RefinementCtx,
  field: Pick<Field, 'what' | 'example' | 'withUnit'>,
  value: unknown,
): never {
  context.addIssue({ code: 'custom', message: isNot(field, value) });
  return z.NEVER;
}

function isNot(
  { what, example, withUnit }: Pick<Field, 'what' | 'example' | 'withUnit'>,
  value: unknown,
): string {
  const isBare = numberOf(String(value)) !== undefined && Number(value) > 0;
  return isBare && withUnit !== undefined
    ? `{value} has no unit; write ${withUnit}`
    : `{value} is not ${what}; write ${example}`;
}

function numberOf(value: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

/** One file, or a list of them → a list of paths. */
export function files(example: string) {
  const one = path('a file', example);
  return z
    .union([one, z.array(one).min(1, { error: 'names no file' })], {
      error: ({ input }) =>
        input === undefined
          ? `missing; write ${example}`
          : `{value} is not a file or a list of files; write ${example}`,
    })
    .meta({ title: 'path or list of paths', examples: [example] })
    .transform((value) => (typeof value === 'string' ? [value] : value));
}
