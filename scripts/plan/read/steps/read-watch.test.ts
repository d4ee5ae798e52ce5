import { expect, test } from 'vitest';
import { HEAD, mistakesIn, readYaml } from '../../read.fixture.ts';

const yaml = (...steps: string[]): string => `${HEAD}plan:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
const SQL = '{ phase: expand, sql: sql/1-expand.sql }';
const verify = (more: string): string => `{ phase: switch, verify: sql/2-verify.sql${more} }`;

test('a verify step may watch other steps, each second or as often as it says', async () => {
  const { plan } = await readYaml(yaml(SQL, verify(', through: [expand]')));
  expect(plan[1]).toMatchObject({ kind: 'verify', watch: { everyMs: 1000, through: ['expand'] } });
  const often = await readYaml(yaml(SQL, verify(', every: 250ms, through: [expand]')));
  expect(often.plan[1]).toMatchObject({ watch: { everyMs: 250, through: ['expand'] } });
});

test('what it cannot watch is told before anything starts', async () => {
  const files = { 'r/sql/2-verify.sql': 'select 1;\ndelete from t;\n' };
  expect(await mistakesIn(yaml(SQL, verify(', every: 5ms, through: [expnad, expand, expand]')), files))
    .toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:8 plan[1].every: 5ms is too often; write 100ms or more",
      "r/rehearsal.yaml:8 plan[1].through[0]: expnad is not the name of a step of this plan; did you mean expand?",
      "r/rehearsal.yaml:8 plan[1].through[2]: expand is there twice",
      "r/sql/2-verify.sql:2 is asked again and again by through, and so must be a SELECT",
    ]
  `);
  expect(await mistakesIn(yaml(SQL, verify(', every: 1s')))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:8 plan[1].every: 1s, and while which steps? Name them, as in through: [deploy-dual, fill]",
    ]
  `);
});
