import type { VerifyStep } from '../../plan/model.ts';
import { plural } from '../../shared/text/format.ts';
import type { StepContext, StepOutcome } from '../context.ts';
import { readStatements } from '../session/read-statements.ts';
import { openSession } from '../session/session.ts';
import { StepFailure, stepErrorAt } from '../session/step-failure.ts';

/** Runs the author's questions; each must return no rows. The rows themselves are never read: they are the users' data. */
export async function runVerifyStep(step: VerifyStep, context: StepContext): Promise<StepOutcome> {
  const session = await openSession(context.login, step, context.signal);
  let questions = 0;
  try {
    for (const asked of step.files) {
      const { file } = asked;
      for (const { text: sql, line } of await readStatements(asked)) {
        questions += 1;
        const rows = await context.watch.during({ step: step.name, heldBy: null, isCalm: true }, () =>
          countRows(session.client, sql, { file, line, sql }),
        );
        if (rows > 0) {
          throw new StepFailure({
            sqlstate: null,
            message: `expected no rows, found ${plural(rows, 'row')}`,
            hint: 'run the statement by hand to see them; reports never show row values',
            file,
            line,
            excerpt: null,
          });
        }
      }
    }
  } finally {
    await session.close();
  }
  return { attempts: 1, summary: `${plural(questions, 'question')}, no rows`, shown: session.shown };
}

async function countRows(
  client: { query: (text: string) => Promise<{ rowCount: number | null }> },
  sql: string,
  at: { file: string; line: number; sql: string },
): Promise<number> {
  try {
    return (await client.query(sql)).rowCount ?? 0;
  } catch (error) {
    throw new StepFailure(stepErrorAt(error, at), error);
  }
}
