import { asError } from '../shared/errors.ts';
import type { Budgets } from '../plan/model.ts';
import type { Analysis } from './analysis/analyse.ts';
import { reconciled } from './result/contrary.ts';
import { softened } from './of-run/away-softening.ts';
import { quietened } from './of-run/noise-softening.ts';
import { Stalls } from './of-run/stall-softening.ts';
import { NO_HURT, NOTHING, type Check, type CheckFinding, type CheckOutcome, type Hurt } from './check.ts';
import { CHECKS } from './index.ts';
import type { Finding, Result } from './result/contract/result.ts';
import { listed } from './wording.ts';

interface JudgedFinding {
  readonly finding: Finding;
  readonly hurt: Hurt;
  /** For the headline. */
  readonly effect: string | null;
}

export interface Judgement {
  readonly checks: Result['checks'];
  /** Worst first. */
  readonly findings: readonly JudgedFinding[];
}

/** Runs every check over one analysis. */
export function runChecks(analysis: Analysis, all: readonly Check[] = CHECKS): Judgement {
  const budgets = analysis.evidence.run.budgets;
  const stalls = new Stalls(analysis);
  const judged = all.map((check) => ({ check, outcome: outcomeOf(check, analysis, budgets, stalls) }));
  return {
    checks: judged.map(({ check, outcome }) => ({
      id: check.id,
      title: titleOf(check, outcome),
      status: statusOf(check, outcome, analysis, budgets),
      measured: outcome.measured,
      budget: budgetOf(check, budgets),
      unit: check.unit,
      ...directionOf(check, analysis),
    })),
    findings: withoutContraries(
      judged
        .flatMap(({ check, outcome }) => outcome.findings.map((found) => judgedFinding(check, found)))
        .sort(worstFirst),
    ),
  };
}

function withoutContraries(worst: readonly JudgedFinding[]): JudgedFinding[] {
  const findings = reconciled(worst.map(({ finding }) => finding));
  return worst.map((judged, at) => ({ ...judged, finding: findings[at] ?? judged.finding }));
}

/** A check that fails by a mistake of ours leaves the others their word, and is never a pass. */
function outcomeOf(check: Check, analysis: Analysis, budgets: Budgets, stalls: Stalls): CheckOutcome {
  try {
    return ranOutcome(check, analysis, budgets, stalls);
  } catch (error) {
    const { name } = asError(error);
    const message = `The check ${check.id} broke off by a mistake of this tool (${name}): what it judges is not known.`;
    return { measured: null, title: check.title, findings: [{ status: 'inconclusive', message }] };
  }
}

/** A check whose evidence is missing cannot tell: that is never a pass. */
function ranOutcome(check: Check, analysis: Analysis, budgets: Budgets, stalls: Stalls): CheckOutcome {
  const { evidence } = analysis;
  if (check.applies?.(evidence.run) === false) return NOTHING;
  const missing = check.needs.filter((name) => evidence[name] === undefined);
  if (missing.length === 0) {
    const outcome = stalls.softened(check, check.run(analysis, budgets));
    const findings = outcome.findings.map((found) => quietened(softened(check, found, analysis), analysis));
    return { ...outcome, findings };
  }
  const budget = budgetOf(check, budgets);
  if (check.budget !== null && budget === null) return NOTHING;
  const files = listed(missing.map((name) => `the record of ${name}`));
  const message = `Not known: ${check.title.replace(/^./, (first) => first.toLowerCase())}; ${files} is missing.`;
  return { measured: null, title: check.title, findings: [{ status: 'inconclusive', budget, message }] };
}

/** A budget that could not be judged was not shown to be broken. */
function titleOf(check: Check, { title, findings }: CheckOutcome): string {
  if (title !== undefined) return title;
  const has = (status: Finding['status']): boolean => findings.some((found) => found.status === status);
  if (has('fail')) return check.failureTitle;
  if (has('inconclusive')) return check.budget === null ? check.failureTitle : check.title;
  return has('warn') ? (check.warnTitle ?? check.failureTitle) : check.title;
}

function statusOf(
  check: Check,
  { measured, findings, isNotJudged = false }: CheckOutcome,
  analysis: Analysis,
  budgets: Budgets,
): Result['checks'][number]['status'] {
  for (const status of ['fail', 'inconclusive', 'warn'] as const) {
    if (findings.some((found) => found.status === status)) return status;
  }
  const isMute = isNotJudged || check.applies?.(analysis.evidence.run) === false;
  if (isMute || (check.budget !== null && (budgetOf(check, budgets) === null || measured === null)))
    return 'not-judged';
  return 'pass';
}

function budgetOf(check: Check, budgets: Budgets): number | null {
  return check.budget === null ? null : (budgets[check.budget] ?? null);
}

/** Nothing for a check that measures nothing. */
function directionOf(
  { unit, better: way, budget, limit }: Check,
  { evidence: { run } }: Analysis,
): Pick<Result['checks'][number], 'better' | 'threshold'> {
  if (unit === null) return {};
  const better = way ?? 'lower';
  const asked = budget === null ? undefined : run.budgets[budget];
  const from = run.hasDefaultBudgets === true ? 'default' : 'rehearsal';
  if (asked !== undefined) return { better, threshold: { value: asked, from } };
  return { better, threshold: limit === undefined ? null : { value: limit, from: 'tool' } };
}

function judgedFinding(check: Check, found: CheckFinding): JudgedFinding {
  return {
    finding: {
      check: check.id,
      status: found.status,
      step: found.step ?? null,
      statement: found.statement ?? null,
      measured: found.measured ?? null,
      budget: found.budget ?? null,
      unit: found.measured == null ? null : check.unit,
      sqlstate: found.sqlstate ?? null,
      message: found.message,
      advice: found.advice ?? null,
      insteadSql: found.insteadSql ?? null,
    },
    hurt: found.hurt ?? NO_HURT,
    effect: found.effect ?? null,
  };
}

const STATUSES: readonly Finding['status'][] = ['fail', 'inconclusive', 'warn'];
/** Where two hurt alike: a plan that cannot be run, then evidence that is missing, then failed requests, then what made others wait. */
const KINDS: readonly string[] = [
  'steps',
  'serverPresence',
  'evidenceComplete',
  'actors',
  'rowsLost',
  'valuesKept',
  'schemaRestored',
  'pointOfNoReturn',
  'repeatable',
  'scriptRows',
  'unfinished',
  'beside',
  'errors',
  'compatibility',
  'coverage',
  'lockWait',
  'lockHold',
  'p99',
  'scriptLatency',
  'blockedSeconds',
  'downtime',
  'lockSlots',
  'replicationLag',
  'stepDuration',
  'backfillRate',
  'backfillTriggers',
];

function worstFirst(a: JudgedFinding, b: JudgedFinding): number {
  return (
    STATUSES.indexOf(a.finding.status) - STATUSES.indexOf(b.finding.status) ||
    Number(b.finding.check === 'steps') - Number(a.finding.check === 'steps') ||
    b.hurt.failed - a.hurt.failed ||
    b.hurt.delayed - a.hurt.delayed ||
    kindOf(a) - kindOf(b) ||
    b.hurt.ms - a.hurt.ms
  );
}

function kindOf({ finding: { check } }: JudgedFinding): number {
  const position = KINDS.indexOf(check);
  return position === -1 ? KINDS.length : position;
}
