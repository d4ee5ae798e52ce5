import { expect, test } from 'vitest';
import { HEAD, mistakesIn, readYaml } from '../read.fixture.ts';

const yaml = (...steps: string[]): string => `${HEAD}plan:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
const window = (what: string): string => `{ phase: switch, maintenance: ${what} }`;
const SQL = '{ phase: switch, sql: sql/1-expand.sql }';

test('the app is taken off by one step and let in by another', async () => {
  const { plan } = await readYaml(yaml(window('begin'), SQL, window('end')));
  expect(plan.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'maintenance maintenance begin',
    'sql expand',
    'maintenance maintenance end',
  ]);
});

test('a window that never ends, or one within another, is told before anything starts', async () => {
  const twice = yaml(window('begin'), window('begin'), SQL, window('end'), window('end'));
  expect(await mistakesIn(twice)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:8 plan[1].maintenance: the app is off since step 1 maintenance begin; write maintenance: end before it begins anew",
      "r/rehearsal.yaml:11 plan[4].maintenance: nothing has begun that could end here; write maintenance: begin before it",
    ]
  `);
  expect(await mistakesIn(yaml(window('begin'), SQL))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:7 plan[0].maintenance: never ends: the app stays off; write { phase: …, maintenance: end } behind the last step of the window",
    ]
  `);
  expect(await mistakesIn(yaml(window('3m'), SQL, window('end')))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:7 plan[0].maintenance: 3m is not one of begin and end; write begin or end",
      "r/rehearsal.yaml:9 plan[2].maintenance: nothing has begun that could end here; write maintenance: begin before it",
    ]
  `);
});
