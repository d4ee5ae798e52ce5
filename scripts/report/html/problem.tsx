import type { StepResult } from '../../checks/result/contract/result.ts';
import { Exact } from './sql.tsx';

/** What PostgreSQL said, with the place in the SQL. */
export function Problem({ error }: { error: NonNullable<StepResult['error']> }) {
  const { sqlstate, message, hint, file, line, excerpt } = error;
  const place = file === null ? '' : ` (${file}, line ${line ?? 1})`;
  return (
    <>
      <p class="s-fail">{`${sqlstate === null ? '' : `${sqlstate}: `}${message}${place}`}</p>
      {excerpt !== null && <Exact text={excerpt} label="Where it failed" />}
      {hint !== null && <p class="mut">{`Hint: ${hint}`}</p>}
    </>
  );
}
