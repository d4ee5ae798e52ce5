import type { Result, StatementResult, StepResult } from '../checks/result/contract/result.ts';
import { cut } from './cut.ts';
import { stepLabel } from './facts/facts.ts';

const MOST_SHOWN = 8;
const LONGEST_SQL = 80;

/** `NOTICE 42P07: relation "orders" already exists, skipping`, one line for each. */
export function noticeLines({ notices = [] }: Pick<StatementResult, 'notices'>): string[] {
  return notices.map(({ severity, sqlstate, message, objects = [], count }) => {
    const state = sqlstate === '00000' || sqlstate === '01000' ? '' : ` ${sqlstate}`;
    const each = objects.length === 0 ? '' : `: ${objects.join(', ')}`;
    return `${severity}${state}: ${message}${each}${count > 1 ? ` (${count} times)` : ''}`;
  });
}

/** What the server said to a command: errors too, which it may have gone on from. */
export function toldLines(outside: NonNullable<StepResult['outside']>): string[] {
  return (outside.told ?? []).flatMap(({ sql, error, notices }) => [
    ...noticeLines({ notices }),
    ...(error === null
      ? []
      : [`ERROR ${error.sqlstate ?? ''}: ${error.message} (${cut(sql, LONGEST_SQL, ' …')})`]),
  ]);
}

/** Of the whole plan, the first few; each with its statement. */
export function allNotices({ steps }: Result): string[] {
  const lines = steps.flatMap((step) => [
    ...step.statements.flatMap((statement) =>
      noticeLines(statement).map((line) => `${stepLabel(step)}, statement ${statement.index}: ${line}`),
    ),
    ...(step.outside ? toldLines(step.outside) : []).map((line) => `${stepLabel(step)}: ${line}`),
  ]);
  const more = lines.length - MOST_SHOWN;
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `and ${more} more in result.json`] : lines;
}
