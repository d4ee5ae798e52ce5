import type { SqlStep } from '../../plan/model.ts';
import { statementsOf } from '../session/capture-rights.ts';
import type { OnAttempt, StepContext, StepOutcome } from '../context.ts';
import { runCutOff } from '../interruption/cut-off-step.ts';
import { LiveFigures } from '../session/live-figures.ts';
import { readStatements } from '../session/read-statements.ts';
import { unitsOf, type Unit } from '../session/units.ts';
import { StepFailure } from '../session/step-failure.ts';
import { SqlSession, type SqlRun } from '../session/sql-session.ts';

/** Runs the author's statements in one session of their own, unit by unit. */
export async function runSqlStep(
  step: SqlStep,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  const units = await readUnits(step);
  const run: SqlRun = { step, context, onAttempt, figures: new LiveFigures() };
  const statements = units.flatMap(statementsOf);
  await context.schema.beforeStep(statements.map(({ text }) => text));
  if (step.cut !== undefined && units.length > 0)
    return runCutOff(step.cut, units, run).finally(() => {
      context.schema.touched.addUnseen();
    });
  const session = await SqlSession.open(run);
  try {
    for (const [position, unit] of units.entries()) {
      context.progress(headline(unit), position / units.length, null);
      await session.play(unit);
    }
  } catch (error) {
    if (error instanceof StepFailure) error.statements = statements.at(-1)?.index;
    throw error;
  } finally {
    await session.close();
  }
  const rule = step.tool === undefined ? '' : `, committed as ${step.tool} does`;
  return {
    attempts: session.attempts,
    summary: `${run.figures.summary}${rule}`,
    shown: session.session.shown,
  };
}

async function readUnits(step: SqlStep): Promise<Unit[]> {
  const files = [];
  for (const sql of step.files) files.push({ ...sql, statements: await readStatements(sql) });
  return unitsOf(files, step.transaction);
}

function headline(unit: Unit): string {
  const text = unit.kind === 'block' ? (unit.statements[0]?.text ?? unit.begin) : unit.statement.text;
  return text.replace(/\s+/g, ' ').slice(0, 60);
}
