import type { CompatibilityRecord } from '../../../artifacts/records/records.ts';
import { isOwnError } from '../../../pg/own-errors.ts';
import type { BaselineErrors } from './baseline-errors.ts';
import { ALPHA } from './own-failures.ts';

/**
 * The tries of the compatibility matrix that failed as the app fails by itself. Of the version that was out before the plan:
 * what a healthy app can fail with, at the start, and the same later on. Of any version: where all tries would have failed by
 * the baseline's rate with a probability above ALPHA.
 * @param first the version that was out before the plan
 */
export function ownCells(
  matrix: readonly CompatibilityRecord[],
  baseline: readonly BaselineErrors[],
  first: string | undefined,
): ReadonlySet<CompatibilityRecord> {
  const start = matrix.filter(({ after, version }) => after === 'start' && version === first);
  return new Set(
    matrix.filter((cell) => {
      const { ok, sqlstate, tries = 1 } = cell;
      if (ok || sqlstate === null || !isOwnError(sqlstate)) return false;
      if (start.some((one) => isSame(one, cell) && one.version === cell.version)) return true;
      const known = baseline.find((one) => isSame(one, cell));
      return known !== undefined && (known.count / known.requests) ** tries > ALPHA;
    }),
  );
}

interface Kind {
  readonly script: string;
  readonly sqlstate: string | null;
}

function isSame(a: Kind, b: Kind): boolean {
  return a.script === b.script && a.sqlstate === b.sqlstate;
}
