import type { Result, StepResult } from '../../../checks/result/contract/result.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/text/format.ts';
import { culprits, largest, stepLabel, strongestLock } from '../../facts/facts.ts';
import { ColumnHeads } from './column-heads.tsx';
import { Scroll } from '../scroll.tsx';

const HEADS = [
  'Step',
  'Phase',
  '>took',
  '>waited for lock',
  '>held',
  '>blackout',
  '>delayed',
  '>failed',
  '>WAL',
  'Strongest lock',
];

export function StepTable({ result }: { result: Result }) {
  const hits = culprits(result);
  return (
    <section>
      <h2>Step by step</h2>
      <Scroll label="Steps">
        <table class="steps">
          <ColumnHeads names={HEADS} />
          <tbody>
            {result.steps.map((step) => (
              <StepRow step={step} isHit={hits.has(step.name)} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="small mut">
        Waited: how long a statement stood in the queue. Held: how long it kept its strongest lock (of a
        backfill: the p99 of its batches). Blackout: how long others could not read or write, queue and hold
        together.
      </p>
    </section>
  );
}

function StepRow({ step, isHit }: { step: StepResult; isHit: boolean }) {
  const { statements, backfill, victims } = step;
  if (step.status === 'skipped') {
    return (
      <tr>
        <th scope="row">{stepLabel(step)}</th>
        <td>{step.phase}</td>
        <td colSpan={HEADS.length - 2} class="mut">
          not run: the plan stopped before it
        </td>
      </tr>
    );
  }
  const measured = step.outside ? [step.outside] : statements;
  const longest = (of: 'lockWaitMs' | 'lockHoldMs' | 'blackoutMs'): string =>
    measured.length === 0 ? '' : formatMs(largest(measured.map((one) => one[of])));
  return (
    <tr class={isHit ? 'hit' : ''}>
      <th scope="row">{stepLabel(step)}</th>
      <td>{step.phase}</td>
      <td class="r">{formatMs(step.durationMs)}</td>
      <td class="r">{longest('lockWaitMs')}</td>
      <td class="r">{backfill ? formatMs(backfill.batchP99Ms) : longest('lockHoldMs')}</td>
      <td class="r">{longest('blackoutMs')}</td>
      <Victims count={victims.delayed} />
      <Victims count={victims.failed} />
      <td class="r">{walText(statements, backfill)}</td>
      <td class="lock">
        {step.status === 'failed' ? (
          <span class="s-fail">{`failed ${step.error?.sqlstate ?? ''}`.trim()}</span>
        ) : (
          strongestLock(step)
        )}
      </td>
    </tr>
  );
}

function Victims({ count }: { count: number }) {
  return <td class={count > 0 ? 'r strong' : 'r'}>{formatCount(count)}</td>;
}

function walText(statements: StepResult['statements'], backfill: StepResult['backfill']): string {
  if (backfill) return formatBytes(backfill.walBytes);
  const known = statements.flatMap(({ walBytes }) => (walBytes === null ? [] : [walBytes]));
  return known.length === 0 ? '' : formatBytes(known.reduce((sum, bytes) => sum + bytes, 0));
}
