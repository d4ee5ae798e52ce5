import { expect, test } from 'vitest';
import { HEAD, mistakesIn, readYaml } from '../read.fixture.ts';
import { withPlan } from './read-plans.ts';

const ADD = '{ phase: expand, name: add, sql: sql/1-expand.sql, rollback: sql/undo.sql }';
const OUT = '{ phase: deploy, name: out, deploy: { to: new } }';
const SHUT = '{ phase: contract, name: shut, sql: sql/1-expand.sql, pointOfNoReturn: true }';
const TWO = `${HEAD}plans:
  at-once:
    - ${SHUT}
    - ${OUT}
  in-steps:
    - ${ADD}
    - ${OUT}
    - ${SHUT}
`;

test('every plan is played in each scenario that it has the steps for, and the name of the plan stands in front', async () => {
  const yaml = `${TWO}scenarios: [quiet, { rollback: { from: [add] }, interrupted: { how: [client], steps: [shut] } }]\n`;
  const { plan, plans, scenarios } = await readYaml(yaml);
  expect(plan.map(({ name }) => name)).toEqual(['shut', 'out']);
  expect(plans?.map(({ name, steps }) => [name, ...steps.map((step) => step.name)])).toEqual([
    ['at-once', 'shut', 'out'],
    ['in-steps', 'add', 'out', 'shut'],
  ]);
  expect(scenarios).toEqual([
    { name: 'at-once', planName: 'at-once', actors: [] },
    {
      name: 'at-once / interrupted',
      planName: 'at-once',
      actors: [],
      interruption: { how: 'client', steps: ['shut'] },
    },
    { name: 'in-steps', planName: 'in-steps', actors: [] },
    {
      name: 'in-steps / interrupted',
      planName: 'in-steps',
      actors: [],
      interruption: { how: 'client', steps: ['shut'] },
    },
    { name: 'in-steps / rollback from add', planName: 'in-steps', actors: [], backFrom: 'add' },
  ]);
});

test('an actor begins at its step in the plans that have it, and as its kind does in the others', async () => {
  const load =
    'load: { rate: 400/s, versions: { old: old, new: new }, actors: { reader: { kind: long-reader, at: add } } }';
  const { scenarios } = await readYaml(TWO.replace(/load: .*/, load));
  const starts = scenarios.map(({ name, actors }) => [name, actors.map(({ startAt }) => startAt)]);
  expect(starts).toEqual([
    ['at-once', []],
    ['at-once / company', [undefined]],
    ['in-steps', []],
    ['in-steps / company', ['add']],
  ]);
});

test('one plan is chosen by its name, with its scenarios alone', async () => {
  const rehearsal = await readYaml(`${TWO}scenarios: [quiet, rollback]\n`);
  const one = withPlan(rehearsal, 'in-steps');
  expect(one.plan.map(({ name }) => name)).toEqual(['add', 'out', 'shut']);
  expect(one.plans?.map(({ name }) => name)).toEqual(['in-steps']);
  expect(one.scenarios.map(({ name }) => name)).toEqual(['in-steps', 'in-steps / rollback']);
  expect(() => withPlan(rehearsal, 'in-step')).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: '--plan in-step is not a plan of demo',
      hint: 'did you mean in-steps?',
    }),
  );
  const single = await readYaml(`${HEAD}plan:\n  - ${ADD}\n`);
  expect(single.plans).toBeUndefined();
  expect(() => withPlan(single, 'in-steps')).toThrow(
    expect.objectContaining({ hint: 'leave --plan out: this rehearsal has one plan, without a name' }),
  );
});

test('every mistake in several plans is told with its line', async () => {
  const plans = `plans:
  At Once: [${ADD}]
  twice: [${ADD}, { phase: expand, name: add, sql: sql/no.sql }, { phase: switch, sq: sql/1-expand.sql }]
  back: [${OUT}, { phase: deploy, deploy: { to: old } }]
  none: []
  word: nothing
  shut: [${SHUT}, { phase: contract, name: more, soak: 1s, pointOfNoReturn: true }]
`;
  expect(await mistakesIn(`${HEAD}${plans}`)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:7 plans.At Once: At Once is not a plan’s name of small letters, digits and dashes",
      "r/rehearsal.yaml:8 plans.twice[2].sq: unknown key; did you mean sql?",
      "r/rehearsal.yaml:8 plans.twice[1].name: add is the name of another step too",
      "r/rehearsal.yaml:8 plans.twice[1].sql: there is no file sql/no.sql",
      "r/rehearsal.yaml:9 plans.back[1].deploy.to: old comes before new in load.versions: a deploy goes forward",
      "r/rehearsal.yaml:10 plans.none: has no step",
      "r/rehearsal.yaml:11 plans.word: nothing is not a list of steps",
      "r/rehearsal.yaml:12 plans.shut[1].pointOfNoReturn: there is one before it, step 1 shut; a plan has one point of no return, from which on there is no way back",
    ]
  `);
  expect(await mistakesIn(`${HEAD}plan:\n  - ${ADD}\n${TWO.slice(HEAD.length)}`)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:8 plans: there is a plan too; write one of plan and plans",
    ]
  `);
  expect(await mistakesIn(`${TWO}  in-steps: [${OUT}]\n`)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:14 the key in-steps is there twice",
    ]
  `);
  expect(await mistakesIn(`${HEAD}plans: {}\n`)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:6 plans: names no plan",
    ]
  `);
  expect(await mistakesIn(`${HEAD}plans: [${ADD}]\n`)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:6 plans: a list is not a map of keys",
    ]
  `);
  expect(await mistakesIn(HEAD)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:1 plan: missing; write the steps as a list",
    ]
  `);
});

test('a plan that no scenario plays is a mistake', async () => {
  expect(await mistakesIn(`${TWO}scenarios: [rollback]\n`)).toEqual([
    'r/rehearsal.yaml:7 plans.at-once: no scenario plays this plan: it has none of the steps that they are about; add quiet to scenarios',
  ]);
});

test('what a scenario lacks is a mistake only where it lacks it in every plan', async () => {
  const scenarios =
    'scenarios: [quiet, { rollback: { from: [ad, add] } }, { interrupted: { steps: [out] } }]\n';
  expect(await mistakesIn(`${TWO}${scenarios}`)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:14 scenarios[2].interrupted.steps[0]: out is a deploy step, which changes nothing in the database; write shut",
      "r/rehearsal.yaml:14 scenarios[1].rollback.from[0]: ad is not the name of a step; did you mean add?",
    ]
  `);
  const shut = `${HEAD}plans:\n  one: [${SHUT}]\n  two: [${SHUT}]\nscenarios: [quiet, rollback]\n`;
  expect(await mistakesIn(shut)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:9 scenarios[1]: no step before the point of no return changes anything: there is nothing to go back from",
    ]
  `);
});
