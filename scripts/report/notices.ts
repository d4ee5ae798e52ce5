import type { Result, StatementResult } from '../checks/result/result.ts';
import { stepLabel } from './facts.ts';

const MOST_SHOWN = 8;

/** `NOTICE 42P07: relation "orders" already exists, skipping`, one line for each. */
export function noticeLines({ notices = [] }: Pick<StatementResult, 'notices'>): string[] {
  return notices.map(({ severity, sqlstate, message, objects = [], count }) => {
    const state = sqlstate === '00000' || sqlstate === '01000' ? '' : ` ${sqlstate}`;
    const each = objects.length === 0 ? '' : `: ${objects.join(', ')}`;
    return `${severity}${state}: ${message}${each}${count > 1 ? ` (${count} times)` : ''}`;
  });
}

/** Of the whole plan, the first few; each with its statement. */
export function allNotices({ steps }: Result): string[] {
  const lines = steps.flatMap((step) =>
    step.statements.flatMap((statement) =>
      noticeLines(statement).map((line) => `${stepLabel(step)}, statement ${statement.index}: ${line}`),
    ),
  );
  const more = lines.length - MOST_SHOWN;
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `and ${more} more in result.json`] : lines;
}
