import type { Random } from '../../load/chance/random.ts';
import type { Cut, SqlStep } from '../../plan/model.ts';
import { statementsOf } from '../session/capture-rights.ts';
import type { Unit } from '../session/units.ts';

/** Where a step is cut off. */
export interface CutPlace {
  /** Position of the unit in the step, from 0. */
  readonly unit: number;
  /** Statements of the unit that are answered before; all of them = the cut comes while its commit is under way. */
  readonly before: number;
}

/**
 * Drawn from the seed. A session is ended in the middle of a transaction or of a statement outside of one. A client can also be gone
 * while the commit is under way: the server commits, and nobody has heard of it.
 */
export function drawCutPlace(units: readonly Unit[], how: Cut, random: Random): CutPlace {
  const unit = random.index(units.length);
  const drawn = units[unit];
  if (drawn?.kind !== 'block') return { unit, before: 0 };
  const statements = statementsOf(drawn).length;
  const isCommitted = how === 'client' && drawn.end !== null;
  return { unit, before: random.index(isCommitted ? statements + 1 : statements) };
}

/** Does a tool run it that keeps a record of the files it has done? Without one, as with psql, all of them run again. */
function recordsFiles({ tool, transaction }: Pick<SqlStep, 'tool' | 'transaction'>): boolean {
  return tool !== undefined || transaction === 'file';
}

/**
 * The unit that the second try begins with. A record of files is written in the transaction of the file where it has one, so that
 * a file whose commit went through unheard is in it; of a file without one the tool knows nothing until it is over.
 */
export function firstUnitAgain(
  units: readonly Unit[],
  { unit, before }: CutPlace,
  step: Pick<SqlStep, 'tool' | 'transaction'>,
): number {
  if (!recordsFiles(step)) return 0;
  const cut = units[unit];
  if (cut === undefined) return 0;
  const file = fileOf(cut);
  const isLastOfFile = units.slice(unit + 1).every((one) => fileOf(one) !== file);
  const isRecorded = cut.kind === 'block' && before === cut.statements.length && isLastOfFile;
  if (isRecorded) return unit + 1;
  return units.findIndex((one) => fileOf(one) === file);
}

export function fileOf(unit: Unit): string | undefined {
  return statementsOf(unit)[0]?.file;
}
