import type { Finding, Result, StepResult } from '../../checks/result/contract/result.ts';
import { lockStrength, modeName } from '../../pg/lock-modes.ts';

/** Facts of a result that more than one renderer needs. */

export const VERDICT_WORD = { pass: 'PASS', fail: 'FAIL', inconclusive: 'INCONCLUSIVE' } as const;

/** `4 set-not-null` */
export function stepLabel(step: Pick<StepResult, 'index' | 'name'>): string {
  return `${step.index} ${step.name}`;
}

export function durationMs(result: Result): number {
  return Math.max(0, Date.parse(result.endedAt) - Date.parse(result.startedAt));
}

/** The finding that the reader has to know, if any: findings are ordered worst first. */
export function worstFinding(result: Result): Finding | undefined {
  const [first] = result.findings;
  return first && first.status !== 'warn' ? first : undefined;
}

/** Names of the steps to look at: the one of the worst finding and those that failed. */
export function culprits(result: Result): ReadonlySet<string> {
  const failed = result.steps.filter(({ status }) => status === 'failed').map(({ name }) => name);
  const blamed = worstFinding(result)?.step;
  return new Set(blamed == null ? failed : [blamed, ...failed]);
}

/** `docs/checks/lock-wait.md`, the page that explains a check. */
export function pageOf(check: string): string {
  return `docs/checks/${check.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`;
}

export const FINDING_WORD = { fail: 'fail', inconclusive: 'could not tell', warn: 'warning' } as const;

/** In which scenarios it was found; empty for a run of one. */
export function scenariosText({ scenarios = [] }: Finding): string {
  return scenarios.length === 0 ? '' : `in ${scenarios.join(' and in ')}`;
}

/** The statement that a finding blames. */
export function blamedStatement(
  result: Result,
  finding: Finding,
): { step: StepResult; statement: StepResult['statements'][number] } | undefined {
  const step = result.steps.find(({ name }) => name === finding.step);
  const statement = step?.statements.findLast(({ index }) => index === finding.statement);
  return step && statement ? { step, statement } : undefined;
}

export function totalRequests(result: Result): number {
  return Object.values(result.traffic).reduce((sum, { requests }) => sum + requests, 0);
}

export function totalErrors(result: Result): number {
  return Object.values(result.traffic).reduce((sum, { errors }) => sum + errors, 0);
}

export function totalDelayed(result: Result): number {
  return result.steps.reduce((sum, { victims }) => sum + victims.delayed, 0);
}

/** The lock of a kind whose statements are the tool's own; null where the step's own statements tell. */
const LOCK_OF_KIND: Readonly<Record<StepResult['kind'], string | null>> = {
  sql: null,
  command: null,
  deploy: null,
  backfill: 'ROW EXCLUSIVE, batch by batch',
  soak: null,
  verify: null,
  maintenance: null,
};

/** The strongest lock of a step's statements, as `customers: ACCESS EXCLUSIVE, rewritten`. */
export function strongestLock(step: StepResult): string {
  let strongest: { relation: string; mode: string } | undefined;
  for (const { locks } of [...step.statements, ...(step.outside ? [step.outside] : [])]) {
    for (const lock of locks) {
      if (!strongest || lockStrength(lock.mode) > lockStrength(strongest.mode)) strongest = lock;
    }
  }
  const always = LOCK_OF_KIND[step.kind];
  if (always !== null) return always;
  if (!strongest) return '';
  const rewritten = step.statements.some(({ rewrote }) => rewrote.includes(strongest.relation));
  return `${shortName(strongest.relation)}: ${modeName(strongest.mode)}${rewritten ? ', rewritten' : ''}`;
}

/** `public.orders` → `orders`: the schema is named only where it is not the usual one. */
export function shortName(relation: string): string {
  return relation.replace(/^public\./, '');
}

export function largest(numbers: readonly number[]): number {
  return numbers.reduce((max, number) => Math.max(max, number), 0);
}
