import { groupBy } from '../../shared/group-by.ts';
import type { Result } from './contract/result.ts';
import type { WayBackResult } from './contract/result-way-back.ts';

const WORST_FIRST: readonly (boolean | null)[] = [false, null, true];

type Combined = Partial<Pick<Result, 'wayBack' | 'pointOfNoReturn'>>;

/** The ways back of every plan by itself; the point of no return is that of the plan whose figures are shown. */
export function combinedWaysBack(results: ReadonlyMap<number, Result>, shown: Result): Combined {
  const plans = groupBy([...results.values()], planOf);
  const all = [...plans].map(([plan, own]) => ({ plan, ...ofOnePlan(own) }));
  const wayBack = all.flatMap((one) => one.wayBack ?? []);
  const pointOfNoReturn = all.find(({ plan }) => plan === planOf(shown))?.pointOfNoReturn;
  return {
    ...(all.some((one) => one.wayBack !== undefined) && { wayBack }),
    ...(pointOfNoReturn && { pointOfNoReturn }),
  };
}

/** Empty where the rehearsal has one plan, without a name. */
function planOf({ playing }: Result): string {
  return playing?.plan ?? '';
}

/**
 * The ways back of all playings of one plan, in the plan's order; of several repetitions the worst. A way back that went through is stronger
 * than what another playing blames: the point of no return lies behind the step that it came from.
 */
function ofOnePlan(results: readonly Result[]): Combined {
  const playings = results.filter(({ wayBack }) => wayBack !== undefined);
  const [first] = playings;
  if (first === undefined) return {};
  const longest = results.toSorted((a, b) => written(b).length - written(a).length)[0];
  const order = longest === undefined ? [] : written(longest);
  const at = (step: string): number => order.indexOf(step);
  const all = playings.flatMap(({ wayBack = [] }) => wayBack);
  const wayBack = [...groupBy(all, ({ from }) => from).values()]
    .flatMap((own) => own.toSorted(worstFirst)[0] ?? [])
    .toSorted((a, b) => at(a.from) - at(b.from));
  const open = Math.max(
    -1,
    ...wayBack.filter(({ possible }) => possible === true).map(({ from }) => at(from)),
  );
  const blamed = playings.flatMap(({ pointOfNoReturn }) => pointOfNoReturn?.found ?? []);
  const closed = wayBack.filter(({ possible }) => possible === false).map(({ from }) => from);
  const found = [...blamed, ...closed].filter((step) => at(step) > open).toSorted((a, b) => at(a) - at(b))[0];
  const declared = first.pointOfNoReturn?.declared ?? null;
  return { wayBack, pointOfNoReturn: { declared, found: found ?? null } };
}

function worstFirst(a: WayBackResult, b: WayBackResult): number {
  return (
    WORST_FIRST.indexOf(a.possible) - WORST_FIRST.indexOf(b.possible) ||
    b.longestStopMs - a.longestStopMs ||
    b.durationMs - a.durationMs
  );
}

/** The steps of the plan itself. */
function written({ steps }: Result): string[] {
  return steps.filter(({ way }) => way === undefined).map(({ name }) => name);
}
