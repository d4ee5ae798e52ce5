import type { SqlStep } from '../plan/model.ts';
import type { OnAttempt, StepContext, StepOutcome } from './context.ts';
import { LiveFigures } from './live-figures.ts';
import { readStatements } from './read-statements.ts';
import { withRetries } from './retry.ts';
import { runUnit } from './run-unit.ts';
import { openSession } from './session.ts';
import { StepCatalog } from './step-catalog.ts';
import { unitsOf, type Unit } from './units.ts';

/** Runs the author's statements in one session of their own, unit by unit. */
export async function runSqlStep(
  step: SqlStep,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  const units = await readUnits(step);
  const session = await openSession(context.primary, step, context.signal);
  const figures = new LiveFigures();
  let attempts = 1;
  try {
    const catalog = await StepCatalog.read(session.client);
    for (const [position, unit] of units.entries()) {
      context.progress(headline(unit), position / units.length, null);
      const heldBy = unit.kind === 'bare' ? session.pid : null;
      const work = (attempt: number): Promise<void> =>
        context.watch.during({ step: step.name, heldBy }, () =>
          runUnit(unit, {
            step: step.name,
            attempt,
            session,
            catalog,
            clock: context.clock,
            write: (record) => {
              context.steps.write(record);
              figures.see(record, context.watch.ownWaitMs);
            },
          }),
        );
      const tries = await withRetries(step, work, onAttempt, () => context.clock.now(), context.signal);
      attempts = Math.max(attempts, tries);
    }
  } finally {
    await session.close();
  }
  return { attempts, summary: figures.summary, shown: session.shown };
}

async function readUnits(step: SqlStep): Promise<Unit[]> {
  const files = [];
  for (const sql of step.files) files.push({ file: sql.file, statements: await readStatements(sql) });
  return unitsOf(files, step.transaction);
}

function headline(unit: Unit): string {
  const text = unit.kind === 'block' ? (unit.statements[0]?.text ?? unit.begin) : unit.statement.text;
  return text.replace(/\s+/g, ' ').slice(0, 60);
}
