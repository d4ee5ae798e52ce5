import type { Result, StepResult } from '../../checks/result.ts';
import { formatBytes, formatCount, formatMs } from '../../shared/format.ts';
import { largest, stepLabel, strongestLock, worstFinding } from '../facts.ts';

export function StepTable({ result }: { result: Result }) {
  const culprit = worstFinding(result)?.step ?? null;
  return (
    <section>
      <h2>Step by step</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Steps">
        <table>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Phase</th>
              <th scope="col" class="r">
                took
              </th>
              <th scope="col" class="r">
                waited for lock
              </th>
              <th scope="col" class="r">
                held
              </th>
              <th scope="col" class="r">
                blackout
              </th>
              <th scope="col" class="r">
                delayed
              </th>
              <th scope="col" class="r">
                failed
              </th>
              <th scope="col" class="r">
                WAL
              </th>
              <th scope="col">Strongest lock</th>
            </tr>
          </thead>
          <tbody>
            {result.steps.map((step) => (
              <StepRow step={step} hit={step.name === culprit || step.status === 'failed'} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function StepRow({ step, hit }: { step: StepResult; hit: boolean }) {
  const { statements, backfill, victims } = step;
  if (step.status === 'skipped') {
    return (
      <tr>
        <th scope="row">{stepLabel(step)}</th>
        <td>{step.phase}</td>
        <td colSpan={8} class="mut">
          skipped: an earlier step failed
        </td>
      </tr>
    );
  }
  const locks = statements.length > 0;
  return (
    <tr class={hit ? 'hit' : ''}>
      <th scope="row">{stepLabel(step)}</th>
      <td>{step.phase}</td>
      <td class="r">{formatMs(step.durationMs)}</td>
      <td class="r">{locks ? formatMs(largest(statements.map(({ lockWaitMs }) => lockWaitMs))) : ''}</td>
      <td class="r">
        {backfill
          ? formatMs(backfill.batchP99Ms)
          : locks
            ? formatMs(largest(statements.map(({ lockHoldMs }) => lockHoldMs)))
            : ''}
      </td>
      <td class="r">{locks ? formatMs(largest(statements.map(({ blackoutMs }) => blackoutMs))) : ''}</td>
      <td class="r">{formatCount(victims.delayed)}</td>
      <td class="r">{formatCount(victims.failed)}</td>
      <td class="r">{walText(step)}</td>
      <td>{step.status === 'failed' ? `failed ${step.error?.sqlstate ?? ''}` : strongestLock(step)}</td>
    </tr>
  );
}

function walText({ statements, backfill }: StepResult): string {
  if (backfill) return formatBytes(backfill.walBytes);
  const known = statements.flatMap(({ walBytes }) => (walBytes === null ? [] : [walBytes]));
  return known.length === 0 ? '' : formatBytes(known.reduce((sum, bytes) => sum + bytes, 0));
}
