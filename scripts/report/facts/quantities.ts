import type { Result } from '../../checks/result/contract/result.ts';
import { formatBytes, formatCount, formatMs } from '../../shared/text/format.ts';

type Check = Result['checks'][number];

/** A number with its unit, for people. */
export function quantity(value: number | null, unit: string | null): string {
  if (value === null) return '';
  if (unit === 'ms') return formatMs(value);
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 's') return formatMs(value * 1000);
  const number = Number.isInteger(value) || value >= 100 ? formatCount(value) : value.toFixed(2);
  return unit === null ? number : `${number} ${unit}`;
}

/** Empty for a check that has nothing to measure. */
export function measuredText({ measured, unit, status }: Check): string {
  if (measured !== null) return quantity(measured, unit);
  return status === 'pass' || unit === null ? '' : 'not measured';
}

export function budgetText({ budget, unit, id }: Check): string {
  if (budget === null) return 'none';
  return id === 'backfillRate' ? `at least ${quantity(budget, unit)}` : quantity(budget, unit);
}
