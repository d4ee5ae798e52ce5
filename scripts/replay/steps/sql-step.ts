import type { StatementRecord } from '../../artifacts/records.ts';
import type { SqlStep } from '../../plan/model.ts';
import { CaptureRefused, CaptureRights, mentionsRole, statementsOf } from '../capture-rights.ts';
import type { OnAttempt, StepContext, StepOutcome } from '../context.ts';
import { LiveFigures } from '../live-figures.ts';
import { readStatements } from '../read-statements.ts';
import { withRetries } from '../retry.ts';
import { runUnit } from '../run-unit.ts';
import { openSession } from '../session.ts';
import { StepCatalog } from './step-catalog.ts';
import { unitsOf, type Unit } from '../units.ts';

/**
 * A statement that fails takes the answer about its locks with it. One that goes on for so long is looked at from outside as
 * well, so that what it held until it failed is known.
 */
const LONG_STATEMENT_MS = 20;

/** Runs the author's statements in one session of their own, unit by unit. */
export async function runSqlStep(
  step: SqlStep,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  const units = await readUnits(step);
  const session = await openSession(context.login, step, context.signal);
  const figures = new LiveFigures();
  let attempts = 1;
  try {
    const catalog = await StepCatalog.read(session.client);
    const rights = new CaptureRights();
    await context.schema.beforeStep(textsOf(units));
    for (const [position, unit] of units.entries()) {
      context.progress(headline(unit), position / units.length, null);
      const written: StatementRecord[] = [];
      const run = {
        ...{ step: step.name, session, catalog, rights, clock: context.clock },
        write: (record: StatementRecord) => {
          context.steps.write(record);
          written.push(record);
          figures.see(record);
        },
      };
      const once = async (attempt: number): Promise<void> => {
        const isBlind = unit.kind === 'bare' || !rights.mayCapture || statementsOf(unit).some(mentionsRole);
        const target = { step: step.name, heldBy: session.pid, heldAfterMs: isBlind ? 0 : LONG_STATEMENT_MS };
        await context.watch.during(target, () => runUnit(unit, { ...run, attempt }));
      };
      const work = async (attempt: number): Promise<void> => {
        await rights.settle(unit, run);
        written.length = 0;
        await context.schema.beforeUnit(textsOf([unit]));
        try {
          await once(attempt);
        } catch (error) {
          if (!(error instanceof CaptureRefused)) throw error;
          rights.withdraw();
          await once(attempt);
        }
      };
      const tries = await withRetries(step, work, onAttempt, () => context.clock.now(), context.signal);
      attempts = Math.max(attempts, tries);
      await context.schema.afterUnit(step.name, written);
    }
  } finally {
    await session.close();
  }
  const rule = step.tool === undefined ? '' : `, committed as ${step.tool} does`;
  return { attempts, summary: `${figures.summary}${rule}`, shown: session.shown };
}

async function readUnits(step: SqlStep): Promise<Unit[]> {
  const files = [];
  for (const sql of step.files) files.push({ ...sql, statements: await readStatements(sql) });
  return unitsOf(files, step.transaction);
}

function textsOf(units: readonly Unit[]): string[] {
  return units.flatMap(statementsOf).map(({ text }) => text);
}

function headline(unit: Unit): string {
  const text = unit.kind === 'block' ? (unit.statements[0]?.text ?? unit.begin) : unit.statement.text;
  return text.replace(/\s+/g, ' ').slice(0, 60);
}
