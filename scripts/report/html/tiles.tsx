import type { Result } from '../../checks/result.ts';
import { formatCount, formatMs, formatShortCount } from '../../shared/format.ts';
import { totalDelayed, totalErrors, totalRequests } from '../facts.ts';
import { quantity } from '../quantities.ts';

interface Tile {
  readonly value: string;
  readonly label: string;
  readonly tone: 'bad' | 'good' | '';
}

/** The figures that a reader looks for first. */
export function Tiles({ result }: { result: Result }) {
  return (
    <section class="tiles" aria-label="Headline figures">
      {tilesOf(result).map(({ value, label, tone }) => (
        <div class={`tile ${tone}`}>
          <b>{value}</b>
          <span>{label}</span>
        </div>
      ))}
    </section>
  );
}

function tilesOf(result: Result): Tile[] {
  const requests = totalRequests(result);
  const delayed = totalDelayed(result);
  return [
    budgeted(result, 'lockWait', 'longest wait for a lock'),
    {
      value: formatCount(delayed),
      label: `requests delayed over ${formatMs(result.victimThresholdMs)}, of ${formatCount(requests)}`,
      tone: delayed === 0 ? 'good' : '',
    },
    failed(result),
    budgeted(
      result,
      'p99',
      result.baseline === null ? 'worst p99' : `worst p99 (${formatMs(result.baseline.p99Ms)} before)`,
    ),
    backfill(result),
    leftBehind(result),
  ];
}

function budgeted(result: Result, id: string, label: string): Tile {
  const check = result.checks.find((candidate) => candidate.id === id);
  if (!check || check.measured === null) return { value: 'unknown', label, tone: '' };
  const budget = check.budget === null ? ', no budget' : `, budget ${quantity(check.budget, check.unit)}`;
  const tone = check.status === 'fail' ? 'bad' : check.status === 'pass' ? 'good' : '';
  return { value: quantity(check.measured, check.unit), label: `${label}${budget}`, tone };
}

function failed(result: Result): Tile {
  const check = result.checks.find(({ id }) => id === 'errors');
  const count = check?.measured ?? totalErrors(result);
  const budget =
    check?.budget === null || check?.budget === undefined ? '' : `, budget ${formatCount(check.budget)}`;
  return {
    value: formatCount(count),
    label: `requests failed${budget}`,
    tone: check?.status === 'fail' ? 'bad' : count === 0 ? 'good' : '',
  };
}

function backfill(result: Result): Tile {
  const steps = result.steps.filter((step) => step.backfill !== null);
  const rows = steps.reduce((sum, step) => sum + (step.backfill?.rows ?? 0), 0);
  const ms = steps.reduce((sum, step) => sum + step.durationMs, 0);
  if (steps.length === 0) return { value: 'none', label: 'rows to backfill', tone: '' };
  return {
    value: `${formatCount((rows / Math.max(ms, 1)) * 1000)}/s`,
    label: `backfill: ${formatShortCount(rows)} rows in ${formatMs(ms)}`,
    tone: '',
  };
}

function leftBehind({ environment }: Result): Tile {
  const { leftovers } = environment;
  if (leftovers === null) return { value: 'unknown', label: 'left behind: no sweep was made', tone: 'bad' };
  return {
    value: formatCount(leftovers),
    label: 'processes, hosts, folders left behind',
    tone: leftovers === 0 ? 'good' : 'bad',
  };
}
