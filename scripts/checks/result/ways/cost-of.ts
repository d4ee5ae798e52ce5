import type { PlannedStep, RunRecord } from '../../../artifacts/records/records.ts';
import { combinedWaysBack } from '../combine-ways-back.ts';
import type { Playings } from '../contract/result-playings.ts';
import type { Result } from '../contract/result.ts';

type Cost = Pick<
  NonNullable<Playings['ways']>[number],
  'versionsNeeded' | 'stepsByHand' | 'wayBackUntil' | 'isWayBackPlayed'
>;

/**
 * What a way asks of people, by its steps, and until where it can be taken back: as its playings found, else by its own word.
 * @param results of its playings
 */
export function costOf(
  steps: readonly PlannedStep[],
  results: ReadonlyMap<number, Result>,
  run: RunRecord,
): Cost {
  const [first] = run.load.versions;
  const versions = new Set([first?.name, ...steps.flatMap(({ deploy }) => deploy?.to ?? [])]);
  const played = openUntil(steps, results);
  return {
    versionsNeeded: versions.size,
    stepsByHand: steps.filter(({ kind }) => kind !== 'soak').length,
    wayBackUntil: played === undefined ? byItsWord(steps) : played,
    isWayBackPlayed: played !== undefined,
  };
}

/** The last step behind which the way back went through; null where it did behind none. Undefined where nobody went back. */
function openUntil(
  steps: readonly PlannedStep[],
  results: ReadonlyMap<number, Result>,
): string | null | undefined {
  const [shown] = results.values();
  if (shown === undefined) return undefined;
  const { pointOfNoReturn, wayBack = [] } = combinedWaysBack(results, shown);
  if (pointOfNoReturn?.found != null) return stepBefore(steps, ({ name }) => name === pointOfNoReturn.found);
  return wayBack.findLast(({ possible }) => possible === true)?.from;
}

function byItsWord(steps: readonly PlannedStep[]): string | null {
  return stepBefore(steps, ({ pointOfNoReturn }) => pointOfNoReturn);
}

/** The last step of all where none is meant. */
function stepBefore(steps: readonly PlannedStep[], isMeant: (step: PlannedStep) => boolean): string | null {
  const at = steps.findIndex(isMeant);
  return steps[(at === -1 ? steps.length : at) - 1]?.name ?? null;
}
