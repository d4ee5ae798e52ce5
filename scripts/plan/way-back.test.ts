import { describe, expect, test } from 'vitest';
import type { RollbackFile, Step } from './model.ts';
import { planWithWayBack, stepsToGoBackFrom } from './way-back.ts';

const common = { phase: 'expand', retries: 3, retryPauseMs: 100, pointOfNoReturn: false } as const;
const undo: RollbackFile = { file: 'undo.sql', text: 'drop table t', transaction: 'single' };
const sql = (name: string, rest: Partial<Step> = {}): Step => ({
  ...common,
  kind: 'sql',
  name,
  files: [{ file: `${name}.sql`, text: 'select 1' }],
  transaction: 'as-written',
  ...(rest as object),
});
const deploy = (to: string): Step => ({
  ...common,
  kind: 'deploy',
  name: `to ${to}`,
  to,
  strategy: 'rolling',
  overMs: 500,
});
const load = {
  warmupMs: 700,
  versions: ['old', 'dual', 'new'].map((name) => ({ name, dir: '', scripts: [] })),
};
const line = (step: Step): string => {
  const what = { deploy: 'to', soak: 'forMs' }[step.kind as string];
  const told = what === undefined ? '' : ` ${String((step as unknown as Record<string, unknown>)[what])}`;
  return `${step.way?.kind ?? 'on'} ${step.name}${told}`;
};

describe('planWithWayBack', () => {
  const plan = [
    sql('add', { rollback: undo, lockTimeoutMs: 50 }),
    deploy('dual'),
    sql('fill'),
    deploy('new'),
    sql('drop', { pointOfNoReturn: true }),
  ];

  test('goes back in reverse order, each deploy to the version before it, soaks, and begins again', () => {
    expect(planWithWayBack(plan, 'to new', load).map(line)).toEqual([
      'on add',
      'on to dual dual',
      'on fill',
      'on to new new',
      'back undo to new dual',
      'back undo to dual old',
      'back undo add',
      'soak soak after the way back 700',
      'again add again',
    ]);
  });

  test('runs a rollback file with the patience of its step, in its own transaction', () => {
    const back = planWithWayBack(plan, 'add', load).find(({ way }) => way?.kind === 'back');
    expect(back).toEqual({
      ...common,
      kind: 'sql',
      name: 'undo add',
      lockTimeoutMs: 50,
      transaction: 'single',
      files: [{ file: 'undo.sql', text: 'drop table t' }],
      way: { kind: 'back', of: 'add' },
    });
  });

  test('asks the author’s questions behind the soak, before it begins again', () => {
    const question = { file: 'whole.sql', text: 'select 1 where false' };
    const steps = planWithWayBack(plan, 'add', load, [question]);
    expect(steps.map(line).slice(-2)).toEqual(['ask verify the way back', 'again add again']);
    expect(steps.at(-2)).toMatchObject({ kind: 'verify', files: [question], way: { kind: 'ask', of: null } });
  });

  test('gives its steps names that the plan does not have', () => {
    const taken = [sql('add', { rollback: undo }), sql('undo add')];
    expect(planWithWayBack(taken, 'undo add', load).map(({ name }) => name)).toEqual([
      'add',
      'undo add',
      'undo add 2',
      'soak after the way back',
      'add again',
      'undo add again',
    ]);
  });

  test('goes back through a maintenance window the other way round, and plays all of it again', () => {
    const off = (action: 'begin' | 'end'): Step => ({ ...common, kind: 'maintenance', name: action, action });
    const window = [off('begin'), sql('add', { rollback: undo }), deploy('new'), off('end')];
    const action = (step: Step): string =>
      step.kind === 'maintenance' ? `${line(step)} (${step.action})` : line(step);
    expect(planWithWayBack(window, 'to new', load).map(action)).toEqual([
      'on begin (begin)',
      'on add',
      'on to new new',
      'back undo to new old',
      'back undo add',
      'back undo begin (end)',
      'soak soak after the way back 700',
      'again begin again (begin)',
      'again add again',
      'again to new again new',
      'again end again (end)',
    ]);
  });

  test('has nothing to do for a rollback file without a statement', () => {
    const empty = [sql('add', { rollback: { ...undo, text: '\n' } })];
    expect(planWithWayBack(empty, 'add', load).some(({ way }) => way?.kind === 'back')).toBe(false);
  });
});

test('a way back begins behind each step that changes something, up to the point of no return', () => {
  const soak: Step = { ...common, kind: 'soak', name: 'soak', forMs: 1 };
  const plan = [sql('a'), soak, deploy('new'), sql('b', { pointOfNoReturn: true }), sql('c')];
  expect(stepsToGoBackFrom(plan).map(({ name }) => name)).toEqual(['a', 'to new']);
});
