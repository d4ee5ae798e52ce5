import { afterEach, expect, it } from 'vitest';
import { resultSchema } from '../../scripts/checks/result/contract/result.ts';
import { findingsAboutThePlan } from '../support/findings.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { textsBelow, tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';
import { FILES_OF_TWO_PLANS, TWO_PLANS } from '../support/two-plans.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  await tiny?.remove();
});

const PLANS = `${TWO_PLANS}
scenarios: [quiet, { rollback: { from: [add] } }]`;

it('plays every plan on its own copy of the same database, and puts them side by side', async () => {
  tiny = await tinyRehearsal(PLANS, FILES_OF_TWO_PLANS);
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  if (stdout === '') throw new Error(stderr);
  const result = resultSchema.parse(JSON.parse(stdout));
  expect(code).toBe(4);
  // A busy machine makes a playing inconclusive, and says nothing about its plan.
  expect(result.playings?.scenarios.map(({ name, verdict }) => [name, verdict === 'fail'])).toEqual([
    ['at-once', true],
    ['in-steps', false],
    ['in-steps / rollback from add', false],
  ]);
  expect(result.playings?.played.map(({ plan }) => plan)).toEqual(['at-once', 'in-steps', 'in-steps']);
  expect(result.playings?.ways?.map(({ plan, strategy }) => [plan, strategy])).toEqual([
    ['at-once', 'blue-green'],
    ['in-steps', 'dual writes'],
  ]);
  // The old version asks for the old name until the new one is out.
  expect(result.steps.map(({ name }) => name)).toEqual(['rename', 'out']);
  expect(
    result.findings.filter(({ status }) => status === 'fail').flatMap((one) => one.scenarios),
  ).not.toContain('in-steps');
  expect(result.wayBack).toMatchObject([{ plan: 'in-steps', from: 'add', possible: true, schemaSame: true }]);
  expect(stderr).toContain('playing 2 of 3: in-steps');
  const texts = [...(await textsBelow(tiny.dir))];
  const markdown = texts.find(([path]) => path.endsWith(`${result.runId}/report.md`))?.[1] ?? '';
  expect(markdown).toContain('### Plan by plan');
  expect(markdown).toMatch(/\*\*(Take in-steps|None of the ways passed)/);
  expect(markdown).toContain('behind add of in-steps');
}, 120_000);

it('plays the one that is asked for, and tells another name before anything starts', async () => {
  tiny = await tinyRehearsal(TWO_PLANS, FILES_OF_TWO_PLANS);
  const at = { cwd: tiny.dir, tmp: tiny.tmp };
  const wrong = await rehearse(['run', '.', '--plan', 'in-step'], at);
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('--plan in-step is not a plan of tiny');
  expect(wrong.stderr).toContain('did you mean in-steps?');
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json', '--plan', 'in-steps'], at);
  if (stdout === '') throw new Error(stderr);
  const result = resultSchema.parse(JSON.parse(stdout));
  expect(findingsAboutThePlan(result)).toEqual([]);
  expect(code).toBe(result.verdict === 'pass' ? 0 : 5);
  expect(result.steps.map(({ name }) => name)).toEqual(['add', 'fill', 'out', 'drop']);
  expect(result.playing).toEqual({ index: 1, of: 1, scenario: 'in-steps', repetition: 1, plan: 'in-steps' });
}, 120_000);
