import { expect, test } from 'vitest';
import { deployStep, plannedStep } from '../../evidence/evidence-fixture.ts';
import { advisedWay, type Way } from './advised-way.ts';
import { STRATEGIES, type Strategy } from '../contract/strategies.ts';
import { strategyOf } from './strategy.ts';

function ways(verdicts: Partial<Record<Strategy, Way['verdict']>>): Way[] {
  return STRATEGIES.flatMap((strategy) => {
    const verdict = verdicts[strategy];
    const downtimeMs = strategy === 'maintenance window' ? 1200 : 0;
    return verdict === undefined
      ? []
      : [{ plan: strategy.replaceAll(' ', '-'), strategy, verdict, downtimeMs }];
  });
}
const allPass = ways({
  'one shot': 'pass',
  'blue-green': 'pass',
  'maintenance window': 'pass',
  'expand and contract': 'pass',
  'dual writes': 'pass',
});
const incompatible = { 'one shot': 'fail', 'blue-green': 'fail', 'maintenance window': 'pass' } as const;

test.each([
  ['a change that every version works with is made at once', allPass, 30_000, 'one-shot'],
  [
    'an incompatible one in steps',
    ways({ ...incompatible, 'expand and contract': 'pass', 'dual writes': 'pass' }),
    undefined,
    'expand-and-contract',
  ],
  [
    'or in a window that the budget allows',
    ways({ ...incompatible, 'expand and contract': 'pass' }),
    30_000,
    'maintenance-window',
  ],
  [
    'by dual writes where the plan without them fails',
    ways({ ...incompatible, 'expand and contract': 'fail', 'dual writes': 'pass' }),
    undefined,
    'dual-writes',
  ],
  [
    'by blue-green only where it passed',
    ways({ 'one shot': 'fail', 'blue-green': 'pass', 'dual writes': 'pass' }),
    undefined,
    'blue-green',
  ],
  ['in none where nobody said that the app may be off', ways(incompatible), undefined, null],
  ['in none where none passed', ways({ 'one shot': 'fail', 'blue-green': 'fail' }), undefined, null],
  [
    'in none that could not be judged',
    ways({ 'one shot': 'inconclusive', 'dual writes': 'fail' }),
    undefined,
    null,
  ],
] as const)('%s', (_, all, downtimeBudgetMs, plan) => {
  expect(advisedWay(all, downtimeBudgetMs).plan).toBe(plan);
});

test('the sentence says which way, and what became of the simpler ones', () => {
  const all = ways({ ...incompatible, 'expand and contract': 'pass' });
  expect(advisedWay(all, undefined).sentence).toBe(
    'Take expand-and-contract: one-shot and blue-green failed, and it never leaves a version without what it needs.',
  );
  expect(advisedWay(all, 30_000).sentence).toBe(
    'Take maintenance-window: the app is off for 1.20 s of the 30.0 s that the budget allows, and no version has to work with two schemas.',
  );
  expect(advisedWay(ways(incompatible), undefined).sentence).toBe(
    'Only maintenance-window passed, and it has the app off for 1.20 s: say by budgets.downtime that it may be, or write a plan that expands first and contracts last.',
  );
});

test('a simpler way that could not be judged is named, so that nobody takes the second best for the best', () => {
  const all = ways({ ...incompatible, 'maintenance window': 'inconclusive', 'dual writes': 'pass' });
  const dual =
    'Take dual-writes: one-shot and blue-green failed, and only what writes both shapes keeps them alike while versions overlap.';
  expect(advisedWay(all, 30_000)).toEqual({
    plan: 'dual-writes',
    sentence: `${dual} Simpler is maintenance-window, which could not be judged: rehearse again to know.`,
  });
  // Without a budget nobody would take a window.
  expect(advisedWay(all, undefined).sentence).toBe(dual);
});

const blueGreen = plannedStep('out', {
  kind: 'deploy',
  deploy: { to: 'new', strategy: 'blue-green', overMs: 0 },
});
const rolling = deployStep('out', 'new');
const change = plannedStep('change');
test.each([
  ['one shot', [change, rolling], []],
  ['blue-green', [change, blueGreen], []],
  [
    'maintenance window',
    [plannedStep('off', { kind: 'maintenance', maintenance: 'begin' }), change, rolling],
    [],
  ],
  ['expand and contract', [change, rolling, change], []],
  ['expand and contract', [change, deployStep('half', 'dual'), rolling, change], []],
  [
    'dual writes',
    [change, rolling, change],
    ['create or replace trigger t before insert on customers execute function f()'],
  ],
] as const)('%s is what its steps are', (strategy, steps, sql) => {
  expect(strategyOf(steps, sql)).toBe(strategy);
});
