import { formatCount, formatMs } from '../shared/format.ts';
import { LATE_MS } from './analysis/generator.ts';
import { NOTHING, type Check } from './check.ts';

/** Share of requests that the generator may send late before nothing can be said any more. */
const TOO_MANY = 0.05;
const MANY = 0.01;

export const generator: Check = {
  id: 'generator',
  title: 'The load generator kept its schedule',
  failureTitle: 'The load generator fell behind its schedule',
  needs: ['requests'],
  unit: '%',
  budget: null,
  run({ generator: figures }) {
    if (figures === null || figures.sent === 0) return NOTHING;
    const share = figures.late / figures.sent;
    const measured = share * 100;
    if (share <= MANY) return { measured, findings: [] };
    const message =
      `The load generator sent ${measured.toFixed(1)} % of ${formatCount(figures.sent)} requests more than ${formatMs(LATE_MS)} late ` +
      `by its own fault (p99 ${formatMs(figures.lagP99Ms)}): latencies are partly its own.`;
    return {
      measured,
      findings: [
        {
          status: share > TOO_MANY ? 'inconclusive' : 'warn',
          measured,
          budget: TOO_MANY * 100,
          message,
          advice: 'Lower load.rate, or give the machine that drives the load more processors.',
        },
      ],
    };
  },
};
