import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { totalDelayed, totalErrors, totalRequests } from '../../scripts/report/facts/facts.ts';
import { quantity } from '../../scripts/report/facts/quantities.ts';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatShare,
  formatShortCount,
} from '../../scripts/shared/text/format.ts';

const UNITS =
  'request-seconds|ms|s|%|B|kB|MB|GB|TB|rows/s|rows|requests?|requests/s|hosts?|steps?|connections?';
const FIGURE = new RegExp(
  String.raw`(?<![\w.,-])(?:\d+ h \d+ min|\d+ min \d+ s|\d[\d,]*(?:\.\d+)?(?: [MG])?(?: (?:${UNITS})(?![\w/-])|/s))`,
  'g',
);
/** Of counts only the number is compared: the noun stands around it in many ways. */
const COUNTED = / (?:rows|requests?|request-seconds|requests\/s|hosts?|steps?|connections?)$|\/s$/;

/** Every number with a unit, as it is written. */
export function figuresIn(text: string): string[] {
  return [...text.replace(/\s+/g, ' ').matchAll(FIGURE)].map(([figure]) => figure);
}

/** Those of a text that result.json does not hold: neither in a text, nor as a number in any of the ways in which reports write it. */
export function unknownFigures(text: string, result: Result): string[] {
  const known = new Set<string>();
  collect({ ...result, timeline: null }, '', null, known);
  for (const derived of derivedFigures(result)) known.add(derived);
  return figuresIn(text).filter((figure) => !known.has(figure) && !known.has(figure.replace(COUNTED, '')));
}

/** Sums and differences of the parts of a result, each as its docs say. */
function derivedFigures(result: Result): string[] {
  const backfills = result.steps.filter(({ backfill }) => backfill !== null);
  const rows = backfills.reduce((sum, { backfill }) => sum + (backfill?.rows ?? 0), 0);
  const ms = backfills.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const { hours, hosts, firstStatementMs, createMs } = result.environment;
  const walBytes = result.steps.map(({ statements }) =>
    statements.reduce((sum, statement) => sum + (statement.walBytes ?? 0), 0),
  );
  return [
    ...walBytes.map(formatBytes),
    ...[totalRequests, totalErrors, totalDelayed].map((total) => formatCount(total(result))),
    formatShortCount(rows),
    formatShortCount((rows / Math.max(ms, 1)) * 1000),
    formatMs(ms),
    formatMs((firstStatementMs ?? 0) - createMs - (result.snapshot?.restoreMs ?? 0)),
    formatMs(Date.parse(result.endedAt) - Date.parse(result.startedAt)),
    ...(hours === null || hosts === 0 ? [] : [formatMs((hours / hosts) * 3_600_000)]),
    ...[result.steps.length, result.playings?.scenarios.length ?? 0].map(formatCount),
  ];
}

function collect(value: unknown, key: string, unit: string | null, known: Set<string>): void {
  if (typeof value === 'string') for (const figure of figuresIn(value)) known.add(figure);
  if (typeof value === 'number') for (const written of waysOf(value, key, unit)) known.add(written);
  if (typeof value !== 'object' || value === null) return;
  const own = 'unit' in value && typeof value.unit === 'string' ? value.unit : unit;
  for (const [name, part] of Object.entries(value))
    collect(part, Array.isArray(value) ? key : name, own, known);
}

const WITH_UNIT = new Set(['measured', 'budget', 'median', 'min', 'max', 'values', 'value']);

function waysOf(number: number, key: string, unit: string | null): string[] {
  if (key.endsWith('Ms')) return [formatMs(number), `${number} ms`];
  if (key.endsWith('Percent')) return [formatShare(number / 100)];
  if (/bytes$/i.test(key)) return [formatBytes(number)];
  if (/seconds$/i.test(key))
    return [formatMs(number * 1000), `${number.toFixed(1)} s`, `${number.toFixed(2)} s`, formatCount(number)];
  if (WITH_UNIT.has(key) && unit !== null) return [quantity(number, unit), quantity(number, null)];
  return [formatCount(number), formatShortCount(number)];
}
