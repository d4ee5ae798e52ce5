import type { LoadEvent } from '../../artifacts/records/records.ts';
import { formatCount, formatMs, plural } from '../../shared/text/format.ts';
import { takenText, takenWithin } from '../analysis/noise.ts';
import { LATE_MS } from '../analysis/traffic/generator-figures.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';

/** Share of requests that the generator may send late before nothing can be said any more. */
const TOO_MANY = 0.05;
const MANY = 0.01;
const ADVICE = 'Lower load.rate, or give the machine that drives the load more processors.';

export const generator: Check = {
  id: 'generator',
  title: 'The load generator kept its schedule',
  failureTitle: 'The load generator fell behind its schedule',
  needs: ['requests'],
  unit: '%',
  limit: MANY * 100,
  budget: null,
  run({ generator: figures, evidence }) {
    if (figures === null || figures.sent === 0) return NOTHING;
    const share = figures.late / figures.sent;
    const measured = share * 100;
    const saturated = saturation(evidence.load ?? []);
    if (share <= MANY) return { measured, findings: saturated };
    const message =
      `The load generator sent ${measured.toFixed(1)} % of ${formatCount(figures.sent)} requests more than ${formatMs(LATE_MS)} late ` +
      `by its own fault (p99 ${formatMs(figures.lagP99Ms)}): latencies are partly its own.${meanwhile(evidence.noise)}`;
    return {
      measured,
      findings: [
        {
          status: share > TOO_MANY ? 'inconclusive' : 'warn',
          measured,
          budget: TOO_MANY * 100,
          message,
          advice: ADVICE,
        },
        ...saturated,
      ],
    };
  },
};

/** Whoever had the machine instead of it. */
function meanwhile(noise: Parameters<typeof takenWithin>[0]): string {
  const [taken] = takenWithin(noise, { fromMs: 0, toMs: Infinity });
  return taken === undefined ? '' : ` Meanwhile ${takenText(taken)}.`;
}

/**
 * A generator that is at work all the time reads answers late, and takes the time for the app's. Its requests need not
 * look late for that: connections are free as rarely as it finds the time to free them.
 */
function saturation(load: readonly LoadEvent[]): CheckFinding[] {
  const seconds = load.filter(({ type }) => type === 'saturated').length;
  const fromMs = load.find((event) => event.type === 'started')?.tMs ?? 0;
  const toMs = load.find((event) => event.type === 'stopped')?.tMs ?? Infinity;
  const share = (seconds * 1000) / (toMs - fromMs);
  if (!(share > MANY)) return [];
  return [
    {
      status: share > TOO_MANY ? 'inconclusive' : 'warn',
      message: `The load generator was busy without a pause for ${plural(seconds, 'second')}: latencies are partly its own.`,
      advice: ADVICE,
    },
  ];
}
