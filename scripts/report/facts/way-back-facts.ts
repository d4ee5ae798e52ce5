import { atLeast } from '../../checks/result/contract/left-out.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import type { WayBackResult } from '../../checks/result/contract/result-way-back.ts';
import { formatCount, formatMs, plural } from '../../shared/text/format.ts';
import { shortName, stepLabel } from './facts.ts';

type Way = NonNullable<NonNullable<Result['playings']>['ways']>[number];

/** One way back as a row: the text of each cell, and whether it is bad news. */
interface WayBackRow {
  readonly from: string;
  readonly cells: readonly { readonly text: string; readonly isBad: boolean }[];
  /** Why it is not possible, or was not judged. */
  readonly reason: string | null;
}

/** Heads of the cells; `>` stands before those over numbers. */
export const WAY_BACK_HEADS = [
  'possible',
  '>took',
  '>traffic back',
  '>longest stop',
  '>failed',
  '>values lost',
  'schema',
  'forward again',
] as const;

/** In the plan's order; empty for a run whose plan never goes back. */
export function wayBackRows(result: Result): WayBackRow[] {
  return (result.wayBack ?? []).map((way) => ({
    from: fromText(result, way),
    cells: [
      told(way.possible, 'yes', 'no'),
      { text: formatMs(way.durationMs), isBad: false },
      { text: switchText(way), isBad: false },
      { text: formatMs(way.longestStopMs), isBad: false },
      { text: formatCount(way.requestsFailed), isBad: way.requestsFailed > 0 },
      lostCell(way, atLeast(result, 'valuesLost') !== ''),
      told(
        way.schemaSame,
        'same',
        `${atLeast(result, 'schemaDifferences')}${plural(way.schemaDifferences.length, 'difference')}`,
      ),
      told(way.forwardAgain, 'yes', 'no'),
    ],
    reason: way.reason,
  }));
}

/** What the rows come to; of several plans one sentence each, by its name. */
export function wayBackSentences(result: Result): string[] {
  const { wayBack = [], pointOfNoReturn, playings } = result;
  const plans = [...new Set(wayBack.flatMap(({ plan }) => plan ?? []))];
  if (plans.length > 0)
    return plans.map((plan) =>
      ofPlan(
        plan,
        playings?.ways?.find((way) => way.plan === plan),
      ),
    );
  if (pointOfNoReturn === undefined) return [];
  const { declared, found } = pointOfNoReturn;
  const said =
    declared === null
      ? 'The plan declares no point of no return'
      : `The plan declares ${labelOf(result, declared)} as its point of no return`;
  const farthest = wayBack.findLast(({ possible }) => possible === true);
  const seen =
    found !== null
      ? `behind ${labelOf(result, found)} there was no whole way back`
      : farthest === undefined
        ? 'how far the way back is open is not known'
        : `the way back was open up to behind ${labelOf(result, farthest.from)}`;
  return [`${said}; ${seen}.`];
}

function ofPlan(plan: string, way: Way | undefined): string {
  if (way?.isWayBackPlayed !== true) return `How far the way back of ${plan} is open is not known.`;
  const { wayBackUntil = null } = way;
  return wayBackUntil === null
    ? `Of ${plan} there was no whole way back, from behind its first step on.`
    : `The way back of ${plan} was open up to behind ${wayBackUntil}.`;
}

/** `behind 3 add-index: index orders_state on orders is left over`, each once. */
export function differenceLines(result: Result): string[] {
  const all = (result.wayBack ?? []).flatMap((way) =>
    way.schemaDifferences.map(
      (difference) =>
        `${differenceText(difference)} (turned around ${fromText(result, way)}; it came with ${stepText(result, way, difference.step)})`,
    ),
  );
  return [...new Set([...lostLines(result), ...all])];
}

/** `customers.full_name: 312 values lost`, `orders.state: 3 values that the version before cannot read (order_state)` */
function lostLines({ wayBack = [], ...result }: Result): string[] {
  return wayBack.flatMap((way) =>
    way.valuesLost.map((lost) => {
      const { table, column, count, isAtLeast } = lost;
      const what = column === '*' ? plural(count, 'row') : plural(count, 'value');
      const name = column === '*' ? shortName(table) : `${shortName(table)}.${column}`;
      return `${name}: ${isAtLeast === true ? 'at least ' : ''}${what} ${stateOf(lost)} (turned around ${fromText(result, way)})`;
    }),
  );
}

function stateOf({ how = 'dropped', was = '' }: WayBackResult['valuesLost'][number]): string {
  const states = {
    dropped: 'lost',
    cut: `cut to ${was}`,
    unreadable: `that the version before cannot read (before the plan: ${was})`,
  };
  return states[how];
}

/** Of a way back without a deploy there is nothing to tell. */
function switchText({ switchBackMs = null }: WayBackResult): string {
  return switchBackMs === null ? '–' : formatMs(switchBackMs);
}

function lostCell({ valuesLost }: WayBackResult, isCut: boolean): WayBackRow['cells'][number] {
  const count = valuesLost.reduce((sum, lost) => sum + lost.count, 0);
  const isAtLeast = isCut || valuesLost.some((lost) => lost.isAtLeast);
  return { text: `${isAtLeast ? 'at least ' : ''}${formatCount(count)}`, isBad: count > 0 };
}

function differenceText({
  kind,
  name,
  relation,
  how,
  what,
}: WayBackResult['schemaDifferences'][number]): string {
  const where = relation === null ? '' : ` on ${shortName(relation)}`;
  const state = { 'left-over': 'left over', missing: 'missing', changed: `changed: ${what.join('; ')}` }[how];
  return `${kind} ${shortName(name)}${where}: ${state}`;
}

function told(value: boolean | null, good: string, bad: string): WayBackRow['cells'][number] {
  if (value === null) return { text: 'not known', isBad: false };
  return { text: value ? good : bad, isBad: !value };
}

/** `behind 3 add-index`; with the name of its plan where there are several, whose steps have other numbers than those shown. */
function fromText(result: Pick<Result, 'steps'>, { plan, from }: WayBackResult): string {
  return plan === undefined ? `behind ${labelOf(result, from)}` : `behind ${from} of ${plan}`;
}

function stepText(result: Pick<Result, 'steps'>, { plan }: WayBackResult, step: string): string {
  return plan === undefined ? labelOf(result, step) : step;
}

/** With its number where the steps that are shown have it. */
function labelOf(result: Pick<Result, 'steps'>, name: string): string {
  const step = result.steps.find((one) => one.name === name);
  return step === undefined ? name : stepLabel(step);
}
