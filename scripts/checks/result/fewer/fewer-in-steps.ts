import type { StepResult } from '../contract/result.ts';
import { fewerInStatements } from './fewer-in-statements.ts';
import type { LongLists } from './long-lists.ts';

const KB = 1024;

/** Steps with their own lists and those of their statements cut. */
export function fewerInSteps(all: readonly StepResult[], lists: LongLists): StepResult[] {
  const statements = fewerInStatements(
    all.flatMap((step) => step.statements),
    lists,
  );
  let at = 0;
  let steps = all.map((step) => {
    const own = statements.slice(at, at + step.statements.length);
    at += own.length;
    return { ...step, statements: own };
  });
  // The last tries tell how the step ended.
  steps = lists.cut('failedTries', steps, {
    mostBytes: 60 * KB,
    of: ({ failedTries }) => failedTries,
    with: (step, failedTries) => ({ ...step, failedTries }),
    weight: ({ attempt }) => attempt,
  });
  steps = lists.cut('told', steps, {
    mostBytes: 100 * KB,
    of: ({ outside }) => outside?.told,
    with: (step, told) => (step.outside ? { ...step, outside: { ...step.outside, told } } : step),
    weight: ({ error }) => (error === null ? 0 : 1),
  });
  return lists.cut('outsideLocks', steps, {
    mostBytes: 100 * KB,
    of: ({ outside }) => outside?.locks,
    with: (step, locks) => (step.outside ? { ...step, outside: { ...step.outside, locks } } : step),
  });
}
