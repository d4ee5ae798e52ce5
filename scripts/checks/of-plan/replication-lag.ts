import { formatMs } from '../../shared/text/format.ts';
import type { StandbyFigures, StandbyGap } from '../analysis/standby-figures.ts';
import type { StepRun } from '../analysis/step-runs.ts';
import { NO_HURT, type Check, type CheckFinding, type CheckOutcome } from '../check.ts';
import { budgetMs, stepTitle } from '../wording.ts';

const ADVICE = 'Write less WAL at once: smaller batches with pauses, or fewer indexes on what is written.';

export const replicationLag: Check = {
  id: 'replicationLag',
  title: 'The standby kept up',
  failureTitle: 'The standby fell behind further than the budget allows',
  warnTitle: 'The standby stopped streaming',
  needs: ['server'],
  unit: 'ms',
  budget: 'replicationLagMs',
  run({ standby, evidence }, { replicationLagMs: budget }) {
    if (standby === null) return withoutStandby(budget, evidence.run.standby);
    const lost = standby.gaps.filter(({ wasThere }) => wasThere);
    const measured = standby.peak?.lagMs ?? null;
    const findings = [
      ...tooFar(standby, budget),
      ...lost.map((gap) => vanished(gap, budget)),
      ...unseen(standby, budget),
    ];
    const isLate = tooFar(standby, budget).length > 0;
    return {
      measured,
      findings,
      ...(lost.length > 0 && !isLate ? { title: 'The standby stopped streaming' } : {}),
    };
  },
};

/** @param isAsked the plan asks for one, and its target has none */
function withoutStandby(budget: number | undefined, isAsked: boolean): CheckOutcome {
  const title = 'No standby was there';
  if (budget === undefined) return { measured: null, findings: [], title };
  const message = 'Replication lag has a budget, but the rehearsal had no standby.';
  const advice = isAsked
    ? 'Take a target that has hosts, such as local, or leave the budget out.'
    : 'Give the rehearsal one with postgres.standby: true, or leave the budget out.';
  return { measured: null, title, findings: [{ status: 'inconclusive', budget, message, advice }] };
}

function tooFar({ peak }: StandbyFigures, budget: number | undefined): CheckFinding[] {
  if (peak === null || budget === undefined || peak.lagMs <= budget) return [];
  const message = `${who(peak.step)} left the standby ${formatMs(peak.lagMs)} behind ${budgetMs(budget)}.`;
  const hurt = { ...NO_HURT, ms: peak.lagMs };
  const step = peak.step?.planned.name ?? null;
  return [
    { status: 'fail', isOnlySlow: true, step, measured: peak.lagMs, budget, message, advice: ADVICE, hurt },
  ];
}

/** Of a standby that is gone for good nobody knows how far it is behind; one that is away is behind by that time. */
function vanished({ fromMs, toMs, step }: StandbyGap, budget: number | undefined): CheckFinding {
  const awayMs = toMs === null ? null : toMs - fromMs;
  const during = step === null ? 'before the first step' : `in ${lowered(stepTitle(step))}`;
  const how =
    awayMs === null
      ? 'and did not come back before the load ended: how far it fell behind is not known'
      : `for ${formatMs(awayMs)}`;
  const isLate = budget !== undefined && (awayMs === null || awayMs > budget);
  return {
    status: isLate ? 'fail' : 'warn',
    step: step?.planned.name ?? null,
    measured: awayMs,
    budget: budget ?? null,
    message: `The standby stopped streaming ${during} ${how}${isLate ? ` ${budgetMs(budget)}` : ''}.`,
    advice:
      "The standby's own log says why; often the primary had removed WAL that it still needed (wal_keep_size, max_slot_wal_keep_size).",
    hurt: { ...NO_HURT, ms: awayMs ?? 0 },
  };
}

/** A standby that was not there, or not there yet: missing is not good. */
function unseen({ gaps, peak }: StandbyFigures, budget: number | undefined): CheckFinding[] {
  const gap = gaps.find(({ wasThere }) => !wasThere);
  if (budget === undefined || (gap === undefined && (peak !== null || gaps.length > 0))) return [];
  const message =
    gap?.toMs == null
      ? 'Replication lag has a budget, but no standby was seen streaming: its lag cannot be told.'
      : `Replication lag has a budget, but the standby did not stream in the first ${formatMs(gap.toMs - gap.fromMs)} of the plan: its lag cannot be told.`;
  return [{ status: 'inconclusive', budget, message }];
}

function who(step: StepRun | null): string {
  return step === null ? 'The load before the first step' : stepTitle(step);
}

function lowered(text: string): string {
  return text.replace(/^./, (first) => first.toLowerCase());
}
