import type { StepAnalysis } from '../analysis/analyse.ts';
import { listed } from '../wording.ts';

/** Duplicate column, table, object, function, schema (PostgreSQL's manual, appendix A): what is to be made is there already. */
const THERE_ALREADY: ReadonlySet<string> = new Set(['42701', '42P07', '42710', '42723', '42P06']);
/** Those that IF NOT EXISTS is written for: not constraints, types and functions. */
const SKIPPABLE: ReadonlySet<string> = new Set(['42701', '42P07', '42P06']);

/** What to write where the way forward meets what the way back left there; undefined for all other failures. */
export function againAdvice({ run }: StepAnalysis, steps: readonly StepAnalysis[]): string | undefined {
  const { way } = run.planned;
  const sqlstate = run.end?.error?.sqlstate ?? '';
  if (way?.kind !== 'again' || !THERE_ALREADY.has(sqlstate)) return undefined;
  const undo = steps.find(
    ({ run: { planned } }) => planned.way?.kind === 'back' && planned.way.of === way.of,
  );
  const files = undo?.run.planned.files ?? [];
  const drop =
    files.length === 0
      ? `give step ${way.of ?? ''} a rollback file that drops it`
      : `let ${listed(files)} drop it`;
  const skip = SKIPPABLE.has(sqlstate) ? 'write IF NOT EXISTS' : 'ask the catalog before it is made';
  return `The way back left it there: ${drop}, or ${skip} where it is to stay, so that the release can go out a second time.`;
}
