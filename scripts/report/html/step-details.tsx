import type { Result, StepResult } from '../../checks/result.ts';
import { formatBytes, formatCount, formatMs, plural } from '../../shared/format.ts';
import { stepLabel, worstFinding } from '../facts.ts';
import { StatementTable } from './statement-table.tsx';

/** The evidence for each step, open where the reader has to look. */
export function StepDetails({ result }: { result: Result }) {
  const culprit = worstFinding(result)?.step ?? null;
  const shown = result.steps.filter(({ status }) => status !== 'skipped');
  return (
    <section>
      {shown.map((step) => (
        <details open={step.name === culprit || step.status === 'failed'}>
          <summary>{`${stepLabel(step)}: ${step.summary}`}</summary>
          <div>
            {step.error && <StepProblem error={step.error} />}
            {step.backfill && <Backfill backfill={step.backfill} />}
            {step.failedTries.length > 0 && <Tries step={step} />}
            {step.statements.length > 0 && <StatementTable statements={step.statements} />}
            <Shown shown={step.shown} />
          </div>
        </details>
      ))}
    </section>
  );
}

function StepProblem({ error }: { error: NonNullable<StepResult['error']> }) {
  const place = error.file === null ? '' : ` at ${error.file}, line ${error.line ?? 1}`;
  return (
    <>
      <p class="s-fail">{`${error.sqlstate === null ? '' : `${error.sqlstate} `}${error.message}${place}`}</p>
      {error.excerpt !== null && <pre tabIndex={0}>{error.excerpt}</pre>}
      {error.hint !== null && <p class="mut">{`hint: ${error.hint}`}</p>}
    </>
  );
}

function Backfill({ backfill }: { backfill: NonNullable<StepResult['backfill']> }) {
  const { rows, batches, rowsPerSecond, batchP50Ms, batchP99Ms, batchTargetMs, walBytes, pausedMs } =
    backfill;
  const pauses = pausedMs > 0 ? ` Paused ${formatMs(pausedMs)}: ${backfill.pauseReasons.join('; ')}.` : '';
  const perRow = rows > 0 ? `, ${formatCount(walBytes / rows)} bytes of WAL a row` : '';
  return (
    <p>
      {`${formatCount(rows)} rows in ${plural(batches, 'batch', 'batches')}: ${formatCount(rowsPerSecond)} rows/s while it ran (median batch ${formatMs(batchP50Ms)}, p99 ${formatMs(batchP99Ms)}, target ${formatMs(batchTargetMs)}), ${formatBytes(walBytes)} of WAL${perRow}.${pauses}`}
    </p>
  );
}

function Tries({ step }: { step: StepResult }) {
  return (
    <ul>
      {step.failedTries.map(({ attempt, error, pauseMs }) => (
        <li>{`try ${attempt} gave way: ${error.sqlstate ?? ''} ${error.message}; tried again after ${formatMs(pauseMs)}`}</li>
      ))}
    </ul>
  );
}

function Shown({ shown }: { shown: StepResult['shown'] }) {
  const set = Object.entries(shown).filter(([, value]) => value !== '0');
  if (set.length === 0) return null;
  return (
    <p class="small mut">{`SHOW said: ${set.map(([name, value]) => `${name} = ${value}`).join(', ')}`}</p>
  );
}
