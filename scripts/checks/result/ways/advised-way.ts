import { formatMs } from '../../../shared/text/format.ts';
import { STRATEGIES, type Strategy } from '../contract/strategies.ts';

/** One of the plans of a rehearsal, as it came out in all its playings. */
export interface Way {
  readonly plan: string;
  readonly strategy: Strategy;
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** How long it has the app off, summed over its windows. */
  readonly downtimeMs: number;
}

/** Which way to take. Null where none of them can be taken. */
interface Advice {
  readonly plan: string | null;
  readonly sentence: string;
}

/**
 * The rule of docs/plans.md: of the ways that passed the simplest one, by the order of STRATEGIES. A window is taken only where
 * `budgets.downtime` allows one.
 * @param downtimeBudgetMs undefined = the app may not be off at all
 */
export function advisedWay(ways: readonly Way[], downtimeBudgetMs: number | undefined): Advice {
  const passed = ways.filter(({ verdict }) => verdict === 'pass');
  const allowed = passed.filter(({ downtimeMs }) => downtimeMs === 0 || downtimeBudgetMs !== undefined);
  const way = allowed.toSorted((a, b) => orderOf(a) - orderOf(b))[0];
  if (way !== undefined)
    return {
      plan: way.plan,
      sentence: `Take ${named(way)}: ${WHY[way.strategy](way, ways, downtimeBudgetMs)}.${unjudged(way, ways, downtimeBudgetMs)}`,
    };
  const [window] = passed;
  if (window !== undefined)
    return {
      plan: null,
      sentence: `Only ${named(window)} passed, and it has the app off for ${formatMs(window.downtimeMs)}: say by budgets.downtime that it may be, or write a plan that expands first and contracts last.`,
    };
  if (ways.some(({ verdict }) => verdict === 'inconclusive'))
    return {
      plan: null,
      sentence: 'None of the ways passed, and not all of them could be judged: rehearse again.',
    };
  const hasSteps = ways.some(
    ({ strategy }) => strategy === 'expand and contract' || strategy === 'dual writes',
  );
  const next = hasSteps ? 'mend what is found below' : 'write one that expands first and contracts last';
  return { plan: null, sentence: `None of the ways passed: ${next}.` };
}

type Why = (way: Way, ways: readonly Way[], downtimeBudgetMs: number | undefined) => string;

const WHY: Readonly<Record<Strategy, Why>> = {
  'one shot': () =>
    'the change is small and every version of the app works with it, so nothing simpler is needed',
  'blue-green': () =>
    'both versions of the app work with the schema at every moment, so that the switch can be at once, and back',
  'maintenance window': ({ downtimeMs }, _, budgetMs = 0) =>
    `the app is off for ${formatMs(downtimeMs)} of the ${formatMs(budgetMs)} that the budget allows, and no version has to work with two schemas`,
  'expand and contract': (_, ways) =>
    `${failedOf(ways, ['one shot', 'blue-green'])}it never leaves a version without what it needs`,
  'dual writes': (_, ways) =>
    `${failedOf(ways, ['one shot', 'blue-green', 'expand and contract'])}only what writes both shapes keeps them alike while versions overlap`,
};

/** The simpler ways that were rehearsed and failed, as the beginning of a sentence. */
function failedOf(ways: readonly Way[], simpler: readonly Strategy[]): string {
  const failed = ways.filter(({ strategy, verdict }) => verdict === 'fail' && simpler.includes(strategy));
  return failed.length === 0 ? '' : `${failed.map(({ plan }) => plan).join(' and ')} failed, and `;
}

/** Simpler ways of which nobody knows whether they pass: one of them may be the better one. */
function unjudged(way: Way, ways: readonly Way[], downtimeBudgetMs: number | undefined): string {
  const open = ways.filter(
    (one) =>
      one.verdict === 'inconclusive' &&
      orderOf(one) < orderOf(way) &&
      (one.strategy !== 'maintenance window' || downtimeBudgetMs !== undefined),
  );
  if (open.length === 0) return '';
  const are = open.length === 1 ? 'is' : 'are';
  return ` Simpler ${are} ${open.map(({ plan }) => plan).join(' and ')}, which could not be judged: rehearse again to know.`;
}

function named({ plan, strategy }: Way): string {
  return plan === strategy || plan === strategy.replaceAll(' ', '-') ? plan : `${plan} (${strategy})`;
}

function orderOf({ strategy }: Way): number {
  return STRATEGIES.indexOf(strategy);
}
