import type { PlannedPlaying, Scenario } from './model.ts';
import { defined } from './schema/defined.ts';

/**
 * Every scenario `repeat` times, in an order that favours none but that steps are cut off behind all others, which tell how they end
 * without: each round turns the order of the one before around, so that
 * whatever drifts while the run goes on (caches, the machine's other work) does not fall on the same scenario each time.
 */
export function planPlayings(
  scenarios: readonly Pick<Scenario, 'name' | 'planName' | 'backFrom' | 'interruption'>[],
  repeat: number,
): PlannedPlaying[] {
  const isCut = ({ interruption }: Pick<Scenario, 'interruption'>): number =>
    Number(interruption !== undefined);
  const ordered = scenarios.toSorted((a, b) => isCut(a) - isCut(b));
  const rounds = Array.from({ length: repeat }, (_, round) =>
    (round % 2 === 0 ? ordered : ordered.toReversed()).map(({ name, planName, backFrom, interruption }) => ({
      scenario: name,
      repetition: round + 1,
      ...defined({ planName, backFrom }),
      ...(interruption === undefined ? {} : { cut: interruption.how }),
    })),
  );
  return rounds.flat().map((playing, position) => ({ index: position + 1, ...playing }));
}
