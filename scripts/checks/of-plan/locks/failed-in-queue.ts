import { RETRY_PAUSE_MAX_MS } from '../../../plan/retry-policy.ts';
import { givenUpAdvice } from '../../advice/queue.ts';
import type { Analysis, StepAnalysis } from '../../analysis/analyse.ts';
import { behindWhom } from '../../stops/behind.ts';
import { waitsBy } from '../../settings/waits-by.ts';
import { stops } from '../../stops/stops.ts';
import { listed } from '../../wording.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/** Of a step that failed because it never got its lock: ` behind long-reader month-report`, and what to do. */
export function queueOf(
  step: StepAnalysis,
  analysis: Analysis,
): { readonly behind: string; readonly advice: string | null } {
  const NOTHING = { behind: '', advice: null };
  const last = step.run.statements.findLast(({ error }) => error !== null);
  if (step.run.end?.error?.sqlstate !== LOCK_NOT_AVAILABLE || last === undefined) return NOTHING;
  const stop = stops(analysis).find((one) => one.step === step && one.statement?.record.index === last.index);
  const tries = stop?.statement?.tries.map(({ record }) => record) ?? [];
  const [first] = tries;
  if (stop === undefined || first === undefined) return NOTHING;
  const behind = behindWhom(stop, analysis.company);
  if (behind.names.length === 0) return NOTHING;
  const given = tries.map(({ sentMs, respondedMs }) => respondedMs - sentMs);
  const pauses = step.run.failedTries
    .filter(({ pauseMs, attempt }) => attempt === 1 || pauseMs < RETRY_PAUSE_MAX_MS)
    .map(({ pauseMs, attempt }) => pauseMs / 2 ** (attempt - 1));
  return {
    behind: ` behind ${listed(behind.names)}`,
    advice: givenUpAdvice(
      behind,
      {
        lockTimeoutMs: given.toSorted((a, b) => a - b)[Math.floor(given.length / 2)] ?? 0,
        pauseMs: pauses.length === 0 ? null : Math.min(...pauses),
        lastedMs: last.respondedMs - first.sentMs,
      },
      analysis.evidence.run.budgets.lockWaitMs,
      waitsBy(stop),
    ),
  };
}
