import type { LoadSpec, SqlFile, Step } from './model.ts';
import { defined } from './schema/defined.ts';
import { traitsOf } from './step-traits.ts';

/** The steps that a release may go back from, in the plan's order: all before the point of no return. */
export function stepsBeforeNoReturn(plan: readonly Step[]): readonly Step[] {
  const end = plan.findIndex(({ pointOfNoReturn }) => pointOfNoReturn);
  return end === -1 ? plan : plan.slice(0, end);
}

/** Those of them that change something: from behind the others the way back is that of the step before. */
export function stepsToGoBackFrom(plan: readonly Step[]): readonly Step[] {
  return stepsBeforeNoReturn(plan).filter(isChange);
}

/**
 * The steps of a release that turns around when the step `from` has ended: the plan up to there, the way back in reverse order,
 * the traffic alone for as long as the warm-up, the author's questions, and the plan's beginning once more.
 */
export function planWithWayBack(
  plan: readonly Step[],
  from: string,
  load: Pick<LoadSpec, 'versions' | 'warmupMs'>,
  questions: readonly SqlFile[] = [],
): Step[] {
  const last = plan.findIndex(({ name }) => name === from);
  if (last === -1) throw new TypeError(`no step ${from} to go back from`);
  const forward = plan.slice(0, last + 1);
  const names = new Set(plan.map(({ name }) => name));
  const named = (name: string): string => {
    let free = name;
    for (let copy = 2; names.has(free); copy++) free = `${name} ${copy}`;
    names.add(free);
    return free;
  };
  const first = load.versions[0]?.name ?? '';
  const back = forward
    .flatMap((step, index) => undone(step, versionBefore(forward.slice(0, index), first), named))
    .toReversed();
  const soak: Step = {
    ...quietly('contract', named('soak after the way back')),
    kind: 'soak',
    forMs: load.warmupMs,
    way: { kind: 'soak', of: null },
  };
  const again = beginning(forward, plan).map((step): Step => ({
    ...unwatching(step),
    name: named(`${step.name} again`),
    way: { kind: 'again', of: step.name },
  }));
  return [...forward, ...back, soak, ...asked(questions, named), ...again];
}

/** One step that takes another one back; none where there is nothing to do. */
function undone(step: Step, before: string, named: (name: string) => string): Step[] {
  const way = { kind: 'back', of: step.name } as const;
  const steps: Step[] = [];
  const { rollback } = step;
  if (rollback !== undefined && rollback.text.trim() !== '') {
    const { transaction, tool, ...file } = rollback;
    const { phase, retries, retryPauseMs, lockTimeoutMs, statementTimeoutMs, quietTables, losesRows } = step;
    steps.push({
      ...quietly(phase, named(`undo ${step.name}`)),
      kind: 'sql',
      files: [file],
      transaction,
      way,
      retries,
      retryPauseMs,
      ...defined({ tool, lockTimeoutMs, statementTimeoutMs, quietTables, losesRows }),
    });
  }
  if (step.kind === 'maintenance') {
    const action = step.action === 'begin' ? 'end' : 'begin';
    steps.push({ ...quietly(step.phase, named(`undo ${step.name}`)), kind: 'maintenance', action, way });
  }
  if (step.kind === 'deploy') {
    const { phase, strategy, overMs } = step;
    const back = { kind: 'deploy', to: before, strategy, overMs, way } as const;
    steps.push({ ...quietly(phase, named(`undo ${step.name}`)), ...back });
  }
  return steps;
}

function asked(files: readonly SqlFile[], named: (name: string) => string): Step[] {
  if (files.length === 0) return [];
  const name = named('verify the way back');
  return [{ ...quietly('contract', name), kind: 'verify', files, way: { kind: 'ask', of: null } }];
}

/** The steps that it watched have other names by then. */
function unwatching(step: Step): Step {
  if (step.kind !== 'verify') return step;
  const { watch, ...rest } = step;
  return watch === undefined ? step : rest;
}

function versionBefore(steps: readonly Step[], first: string): string {
  return steps.findLast((step) => step.kind === 'deploy')?.to ?? first;
}

/** Up to the first deploy behind something that changes the database; where the app is off then, to the end of that window. */
function beginning(forward: readonly Step[], plan: readonly Step[]): readonly Step[] {
  const steps = firstSteps(forward);
  const begun = steps.findLast((step) => step.kind === 'maintenance');
  if (begun?.action !== 'begin') return steps;
  const end = plan.findIndex(
    (step, index) => index >= steps.length && step.kind === 'maintenance' && step.action === 'end',
  );
  return plan.slice(0, end + 1);
}

function firstSteps(forward: readonly Step[]): readonly Step[] {
  const changing = forward.findIndex(changesDatabase);
  const end = forward.findIndex((step, index) => index > changing && step.kind === 'deploy');
  return changing === -1 || end === -1 ? forward : forward.slice(0, end);
}

function changesDatabase(step: Step): boolean {
  return traitsOf(step).changes === 'database';
}

function isChange(step: Step): boolean {
  return traitsOf(step).changes !== null;
}

function quietly(
  phase: Step['phase'],
  name: string,
): Pick<Step, 'name' | 'phase' | 'retries' | 'retryPauseMs' | 'pointOfNoReturn'> {
  return { name, phase, retries: 0, retryPauseMs: 0, pointOfNoReturn: false };
}
