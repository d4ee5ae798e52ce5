import { atLeast } from '../../checks/result/contract/left-out.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import { formatCount, formatMs, formatShortCount } from '../../shared/text/format.ts';
import { totalDelayed, totalErrors, totalRequests } from '../facts/facts.ts';
import { worstOfAll } from '../facts/playing-facts.ts';
import { formatDate } from '../dates.ts';
import { unbroken } from './figure-text.ts';
import { quantity } from '../facts/quantities.ts';

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
          <span>{unbroken(label)}</span>
        </div>
      ))}
    </section>
  );
}

/** Of a plan that was played several times each at its worst, and in which playing. */
export function tilesOf(result: Result): Tile[] {
  // The one shown is not that of the worst p99.
  const { baseline } = result.playings ? { baseline: null } : result;
  const before = baseline === null ? '' : ` (${formatMs(baseline.p99Ms)} before)`;
  return [
    budgeted(result, 'lockWait', 'longest stop of the app'),
    delayed(result),
    failed(result),
    budgeted(result, 'p99', `worst p99 of a step${before}`),
    backfill(result),
    leftBehind(result),
  ];
}

function checkOf(result: Result, id: string): Result['checks'][number] | undefined {
  return result.checks.find((check) => check.id === id);
}

function budgeted(result: Result, id: string, label: string): Tile {
  const check = checkOf(result, id);
  if (!check || check.measured === null) return { value: 'not known', label, tone: '' };
  const budget = check.budget === null ? 'no budget' : `budget ${quantity(check.budget, check.unit)}`;
  const tone = check.status === 'fail' ? 'bad' : check.status === 'pass' ? 'good' : '';
  const where = inPlaying(check.playing);
  return { value: quantity(check.measured, check.unit), label: `${label}, ${budget}${where}`, tone };
}

function inPlaying(index: number | undefined): string {
  return index === undefined ? '' : `, playing ${index}`;
}

function delayed(result: Result): Tile {
  const worst = worstOfAll(result, 'delayed');
  const count = worst?.value ?? totalDelayed(result);
  const isBad = ['lockWait', 'lockHold', 'blockedSeconds'].some(
    (id) => checkOf(result, id)?.status === 'fail',
  );
  return {
    value: formatCount(count),
    label: worst
      ? `requests delayed${count === 0 ? '' : inPlaying(worst.playing)}`
      : `requests delayed over ${formatMs(result.victimThresholdMs)}, of ${formatCount(totalRequests(result))}`,
    tone: count === 0 ? 'good' : isBad ? 'bad' : '',
  };
}

function failed(result: Result): Tile {
  const check = checkOf(result, 'errors');
  const count = check?.measured ?? totalErrors(result);
  const isOnce = result.playings === undefined;
  const own = isOnce ? result.errors.reduce((sum, one) => sum + (one.own ? one.count : 0), 0) : 0;
  return {
    value: formatCount(count),
    label: `requests failed${own === 0 ? '' : ` beside ${atLeast(result, 'errors')}${formatCount(own)} of the app’s own`}, ${check?.budget == null ? 'no budget' : `budget\u00a0${formatCount(check.budget)}`}${count === 0 ? '' : inPlaying(check?.playing)}`,
    tone: check?.status === 'fail' ? 'bad' : count === 0 ? 'good' : '',
  };
}

function backfill(result: Result): Tile {
  const steps = result.steps.filter((step) => step.backfill !== null);
  const rows = steps.reduce((sum, step) => sum + (step.backfill?.rows ?? 0), 0);
  const ms = steps.reduce((sum, step) => sum + step.durationMs, 0);
  if (steps.length === 0) {
    const isPlanned = result.steps.some(({ kind }) => kind === 'backfill');
    return {
      value: 'none',
      label: isPlanned ? 'the backfill was not reached' : 'nothing to backfill',
      tone: '',
    };
  }
  const slowest = worstOfAll(result, 'backfillRate');
  if (slowest)
    return {
      value: `${formatShortCount(slowest.value)}/s`,
      label: `rows backfilled, playing ${slowest.playing}`,
      tone: '',
    };
  return {
    value: `${formatShortCount((rows / Math.max(ms, 1)) * 1000)}/s`,
    label: `rows backfilled: ${formatShortCount(rows)} in ${formatMs(ms)}`,
    tone: '',
  };
}

function leftBehind({ environment }: Result): Tile {
  const { leftovers, keptUntil, shared } = environment;
  if (shared)
    return { value: `${shared.position} of ${shared.of}`, label: 'rehearsals on the same hosts', tone: '' };
  if (keptUntil !== null)
    return { value: 'kept', label: `up on purpose until ${formatDate(keptUntil)}`, tone: '' };
  if (leftovers === null) return { value: 'not known', label: 'left behind: no sweep was made', tone: 'bad' };
  return {
    value: formatCount(leftovers),
    label: `${environment.hosts > 1 ? 'hosts, networks, folders' : 'processes, hosts, folders'} left behind`,
    tone: leftovers === 0 ? 'good' : 'bad',
  };
}
