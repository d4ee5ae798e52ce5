import type { Result, StatementResult, StepResult } from '../../../checks/result/contract/result.ts';
import { mostTelling } from '../../../checks/result/contract/telling.ts';
import { formatBytes, formatCount, formatMs, formatShare, plural } from '../../../shared/text/format.ts';
import { outsideImpact } from '../../blockers.ts';
import { culprits, largest, stepLabel } from '../../facts/facts.ts';
import { lockGroups } from '../../lock-groups.ts';
import { toldLines } from '../../notice-lines.ts';
import { Problem } from '../problem.tsx';
import { Queue } from './queue.tsx';
import { StatementTable } from './statement-table.tsx';

type TriggerTime = NonNullable<NonNullable<StepResult['backfill']>['triggers']>[number];

const MOST_LOCKS = 6;
const MOST_LINES = 12;
/** On the whole page. */
const MOST_STATEMENTS = 1_000;

/** The evidence for each step, open where the reader has to look. */
export function StepDetails({ result }: { result: Result }) {
  const open = culprits(result);
  const ran = result.steps.filter(({ status }) => status !== 'skipped');
  const shown = mostTelling(
    ran.flatMap(({ statements }) => statements),
    MOST_STATEMENTS,
  );
  return (
    <section aria-label="Evidence by step">
      {ran.map((step) => (
        <details open={open.has(step.name)}>
          <summary>
            {`${stepLabel(step)}: `}
            <span class="mut">{step.summary}</span>
          </summary>
          <div>
            <OwnProblem step={step} />
            {step.backfill && <Backfill backfill={step.backfill} />}
            {step.failedTries.length > 0 && <Tries step={step} />}
            <Statements step={step} shown={shown} />
            {step.outside && <Outside step={step} />}
            <Latency step={step} />
            <Shown shown={step.shown} />
          </div>
        </details>
      ))}
    </section>
  );
}

function Statements({ step, shown }: { step: StepResult; shown: ReadonlySet<StatementResult> }) {
  const { statements, statementsLeftOut: unnamed } = step;
  const own = statements.filter((statement) => shown.has(statement));
  const left = statements.length - own.length + (unnamed?.statements ?? 0);
  const hidden = statements.filter((statement) => !shown.has(statement)).map(({ durationMs }) => durationMs);
  const longestMs = largest([...hidden, unnamed?.longestMs ?? 0]);
  return (
    <>
      {own.length > 0 && <StatementTable statements={own} of={stepLabel(step)} />}
      {left > 0 && (
        <p class="small mut">
          {`${plural(left, 'more statement')}, which told less than these: the longest took ${formatMs(longestMs)}. `}
          {hidden.length > 0 && `result.json has ${formatCount(hidden.length)} of them.`}
        </p>
      )}
    </>
  );
}

/** The step's error, unless it is that of a statement, which tells it in its own place. */
function OwnProblem({ step: { error, statements } }: { step: StepResult }) {
  if (error === null || statements.some((statement) => statement.error?.message === error.message))
    return null;
  return <Problem error={error} />;
}

function Backfill({ backfill }: { backfill: NonNullable<StepResult['backfill']> }) {
  const { rows, batches, rowsPerSecond, batchP50Ms, batchP99Ms, batchTargetMs } = backfill;
  const { walBytes, pausedMs, pauseReasons, triggers = [] } = backfill;
  const because = pauseReasons.length > 0 ? ` because ${pauseReasons.join('; ')}` : '';
  const facts = [
    `${plural(rows, 'row')} in ${plural(batches, 'batch', 'batches')}`,
    `${formatCount(rowsPerSecond)} rows/s while it ran`,
    `median batch ${formatMs(batchP50Ms)}, p99 ${formatMs(batchP99Ms)}, target ${formatMs(batchTargetMs)}`,
    pausedMs > 0 ? `paused ${formatMs(pausedMs)}${because}` : 'never paused',
    `${formatBytes(walBytes)} of WAL${rows > 0 ? `, ${formatCount(walBytes / rows)} bytes a row` : ''}`,
    ...triggers.map(triggerText),
  ];
  return <p>{facts.join(' · ')}</p>;
}

/** One that took next to nothing is told too: it fired. */
function triggerText({ name, function: called, timePercent }: TriggerTime): string {
  const who = called === null ? `foreign key ${name}` : `trigger ${name} (${called})`;
  return `its updates fired ${who}: ${formatShare(timePercent / 100)} of their time`;
}

/** Of a command: nobody can ask its sessions, so they are looked at from outside. */
function Outside({ step }: { step: StepResult }) {
  const impact = outsideImpact(step);
  if (!impact || !step.outside) return null;
  const { locks, lockWaitMs, lockHoldMs, blackoutMs } = step.outside;
  const facts = [
    `waited ${formatMs(lockWaitMs)}`,
    `held ${formatMs(lockHoldMs)}`,
    `blackout ${formatMs(blackoutMs)}`,
  ];
  return (
    <div class="notes">
      <p>{`${facts.join(' · ')} (watched from outside, of all sessions that it opened)`}</p>
      <div>
        {locks.length === 0
          ? 'no lock above ACCESS SHARE was seen'
          : lockGroups(locks).slice(0, MOST_LOCKS).join('; ')}
      </div>
      <Told outside={step.outside} />
      <Queue impact={impact} />
    </div>
  );
}

/** What the server said to the command's sessions, and which timeouts they set. */
function Told({ outside }: { outside: NonNullable<StepResult['outside']> }) {
  const { settings = [] } = outside;
  const lines = toldLines(outside);
  const shown = lines.slice(0, MOST_LINES);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more in result.json`);
  const set = settings.map(({ name, value }) => `${name} = ${value ?? 'reset'}`);
  return (
    <>
      {set.length > 0 && <div>{`it set ${set.join(', ')}`}</div>}
      {shown.map((line) => (
        <div>{line}</div>
      ))}
    </>
  );
}

function Tries({ step }: { step: StepResult }) {
  return (
    <>
      <p>{`${plural(step.failedTries.length, 'try', 'tries')} gave way before ${step.status === 'failed' ? 'the last one' : 'it went through'}:`}</p>
      <ul>
        {step.failedTries.map(({ attempt, error, pauseMs }) => (
          <li>{`try ${attempt}: ${error.sqlstate === null ? '' : `${error.sqlstate} `}${error.message}; tried again after ${formatMs(pauseMs)}`}</li>
        ))}
      </ul>
    </>
  );
}

function Latency({ step: { latency } }: { step: StepResult }) {
  if (!latency || latency.requests === 0) return null;
  const { requests, errors, p50Ms, p99Ms, maxMs } = latency;
  return (
    <p class="small mut">
      {`The app meanwhile: ${plural(requests, 'request')}, ${errors === 0 ? 'none' : formatCount(errors)} failed, median ${formatMs(p50Ms)}, p99 ${formatMs(p99Ms)}, slowest ${formatMs(maxMs)}.`}
    </p>
  );
}

function Shown({ shown }: { shown: StepResult['shown'] }) {
  const set = Object.entries(shown).filter(([, value]) => value !== '0');
  if (set.length === 0) return null;
  return (
    <p class="small mut">{`SHOW said: ${set.map(([name, value]) => `${name} = ${value}`).join(', ')}`}</p>
  );
}
