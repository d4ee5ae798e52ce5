import type { Result } from '../../../checks/result/contract/result.ts';
import { stepLabel, worstFinding } from '../../facts/facts.ts';
import type { ChartSize } from './chart-size.ts';
import { textWidth } from './drawing.ts';

/** The time of a step as a band behind the lanes, with its label where there is room. */
export interface PlacedBand {
  readonly name: string;
  readonly phase: string;
  readonly left: number;
  readonly width: number;
  /** Null where other labels leave no room. */
  readonly label: string | null;
  /** Line of the label, from 0 nearest to the chart. */
  readonly row: number;
  readonly isCulprit: boolean;
}

const NARROWEST = 3;
const ROWS = 2;
const BETWEEN = 5;

interface Wish {
  readonly name: string;
  readonly phase: string;
  readonly left: number;
  readonly width: number;
  readonly isCulprit: boolean;
  readonly texts: readonly string[];
}

/** Labels never overlap: the culprit's comes first, then those of the widest bands. */
export function placeBands(result: Result, x: (ms: number) => number, size: ChartSize): PlacedBand[] {
  const culprit = worstFinding(result)?.step ?? null;
  const wishes = result.steps.flatMap((step): Wish[] => {
    const { name, phase, index, fromMs, toMs, status } = step;
    if (fromMs === null || toMs === null) return [];
    const width = Math.max(NARROWEST, x(toMs) - x(fromMs));
    const isCulprit = name === culprit || status === 'failed';
    const full = stepLabel(step);
    const texts = textWidth(full) + BETWEEN < width ? [full, String(index)] : [String(index)];
    return [{ name, phase, left: x(fromMs), width, isCulprit, texts }];
  });
  const taken: { from: number; to: number; row: number }[] = [];
  const place = ({ left, width, texts }: Wish): { label: string; row: number } | null => {
    for (const label of texts) {
      const half = textWidth(label) / 2;
      const middle = left + width / 2;
      if (middle + half > size.width || middle - half < 0) continue;
      for (let row = 0; row < ROWS; row++) {
        const free = taken.every(
          (one) => one.row !== row || middle + half + BETWEEN < one.from || one.to + BETWEEN < middle - half,
        );
        if (!free) continue;
        taken.push({ from: middle - half, to: middle + half, row });
        return { label, row };
      }
    }
    return null;
  };
  const order = wishes.toSorted(
    (a, b) => Number(b.isCulprit) - Number(a.isCulprit) || b.width - a.width || a.left - b.left,
  );
  const placed = new Map(order.map((wish) => [wish, place(wish)]));
  return wishes.map((wish) => {
    const { name, phase, left, width, isCulprit } = wish;
    const { label = null, row = 0 } = placed.get(wish) ?? {};
    return { name, phase, left, width, isCulprit, label, row };
  });
}
