import { largest } from '../../analysis/largest.ts';
import type { Finding, StepResult } from '../contract/result.ts';
import { mostTelling } from '../contract/telling.ts';

/** Of a whole run: a result.json with more of them is longer than people and programs like to read. */
const MOST_STATEMENTS = 2_000;

/** Steps with the statements that tell most, and always those that a finding names; how many more there were is told. */
export function fewerStatements(
  steps: readonly StepResult[],
  findings: readonly { readonly finding: Pick<Finding, 'step' | 'statement'> }[],
  most = MOST_STATEMENTS,
): StepResult[] {
  const all = steps.flatMap(({ statements }) => statements);
  if (all.length <= most) return [...steps];
  const named = new Set(findings.map(({ finding: { step, statement } }) => `${statement} ${step}`));
  const wanted = new Set(
    steps.flatMap(({ name, statements }) => statements.filter(({ index }) => named.has(`${index} ${name}`))),
  );
  const kept = mostTelling(all, most, (statement) => wanted.has(statement));
  return steps.map((step) => {
    const left = step.statements.filter((statement) => !kept.has(statement));
    if (left.length === 0) return step;
    const before = step.statementsLeftOut ?? { statements: 0, longestMs: 0 };
    const longestMs = largest([before.longestMs, ...left.map(({ durationMs }) => durationMs)]);
    return {
      ...step,
      statements: step.statements.filter((statement) => kept.has(statement)),
      statementsLeftOut: { statements: before.statements + left.length, longestMs },
    };
  });
}
