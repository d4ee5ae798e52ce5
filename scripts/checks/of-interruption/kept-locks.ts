import { formatMs, plural } from '../../shared/text/format.ts';
import type { CutOff } from '../analysis/cut-offs.ts';
import type { CheckFinding } from '../check.ts';
import { stepTitle } from '../wording.ts';

/** As soon as a job that is started again is back. */
const NEXT_TRY_MS = 1000;

/** Advisory locks that the server held for a client that was gone: the second try was spared them, since it waited for that. */
export function keptLocks({ step: { run }, record }: CutOff): CheckFinding[] {
  const { advisoryLocks, serverWentOnMs } = record;
  if (advisoryLocks === undefined || (serverWentOnMs !== null && serverWentOnMs < NEXT_TRY_MS)) return [];
  const locks = plural(advisoryLocks, 'advisory lock');
  const how = serverWentOnMs === null ? 'still held' : 'held';
  const long = serverWentOnMs === null ? 'when the second try began' : `for ${formatMs(serverWentOnMs)}`;
  return [
    {
      status: 'warn',
      step: run.planned.name,
      measured: 1,
      message: `When the client of ${stepTitle(run).replace('Step', 'step')} was gone, the server went on and ${how} its ${locks} ${long}: whoever starts it again sooner waits for ${advisoryLocks === 1 ? 'it' : 'them'}, or is refused.`,
      advice:
        "Let the job that starts it again wait until pg_stat_activity does not show the first session any more, or end that by pg_terminate_backend; from PostgreSQL 14 on client_connection_check_interval = '1s' for the migration's role ends it by itself.",
    },
  ];
}
