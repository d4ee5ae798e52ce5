import { expect, test } from 'vitest';
import type { Scenario } from '../../model.ts';
import { HEAD, mistakesIn, readYaml } from '../../read.fixture.ts';

const PLAN = `plan:
  - { phase: expand, name: add, sql: sql/1-expand.sql, rollback: sql/undo.sql }
  - { phase: deploy, name: out, deploy: { to: new } }
  - { phase: switch, name: look, verify: sql/2-verify.sql }
  - { phase: contract, name: drop, sql: sql/undo.sql, pointOfNoReturn: true }
  - { phase: contract, name: after, soak: 1s }
`;
const yaml = (scenarios: string): string => `${HEAD}${PLAN}scenarios: ${scenarios}\n`;
const told = async (scenarios: string): Promise<string[]> => {
  const { scenarios: read } = await readYaml(yaml(scenarios));
  return read.map(({ name, actors, backFrom = 'never' }: Scenario) =>
    [name, ...actors.map((actor) => actor.name), `from ${backFrom}`].join(' '),
  );
};

test('a plan turns around behind the last change before its point of no return, behind each, or where it is told', async () => {
  expect(await told('[quiet, rollback]')).toEqual(['quiet from never', 'rollback from out']);
  expect(await told('[{ rollback: each }]')).toEqual([
    'rollback from add from add',
    'rollback from out from out',
  ]);
  expect(await told('[{ rollback: { from: [add, look] } }]')).toEqual([
    'rollback from add from add',
    'rollback from look from look',
  ]);
  expect(await told('{ quiet: [], rollback: last }')).toEqual(['quiet from never', 'rollback from out']);
  expect(await told('{ rollback: [dump] }')).toEqual(['rollback dump from out']);
  expect(await told('{ rollback: { from: [add] } }')).toEqual(['rollback from add from add']);
});

test('an author asks what has to be true when the plan has gone back', async () => {
  const asked = async (scenarios: string): Promise<(string | undefined)[]> => {
    const { scenarios: read } = await readYaml(yaml(scenarios));
    return read.map(({ askedAfter }) => askedAfter?.map(({ file }) => file).join(' '));
  };
  const [one, two] = ['sql/2-verify.sql', '[sql/2-verify.sql, sql/2-verify.sql]'];
  expect(await asked(`[quiet, { rollback: { from: each, verify: ${one} } }]`)).toEqual([undefined, one, one]);
  expect(await asked(`{ quiet: [], rollback: { verify: ${two} } }`)).toEqual([undefined, `${one} ${one}`]);
  expect(await mistakesIn(yaml('[{ rollback: { verify: sql/no.sql } }]'))).toEqual([
    'r/rehearsal.yaml:12 scenarios[0].rollback.verify: there is no file sql/no.sql',
  ]);
  expect(await mistakesIn(yaml('[{ rollback: {} }]'))).toEqual([
    'r/rehearsal.yaml:12 scenarios[0].rollback: says nothing; write each, last or { from: [add-column] }',
  ]);
});

test('every mistake about the way back is told with its line', async () => {
  const all = await mistakesIn(yaml('[rollback, { rollback: eech }, { rolback: each }, 3]'));
  expect(all).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:12 scenarios[1].rollback: eech is not where the way back begins; did you mean each?",
      "r/rehearsal.yaml:12 scenarios[2].rolback: unknown key; did you mean rollback?",
      "r/rehearsal.yaml:12 scenarios[3]: 3 is not the name or kind of an actor, such as long-reader",
    ]
  `);
  expect(
    await mistakesIn(
      yaml('{ rollback: { from: [ad, add, add, drop, after], to: x }, busy: each, quiet: 3 }'),
    ),
  ).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:12 scenarios.rollback.to: unknown key",
      "r/rehearsal.yaml:12 scenarios.quiet: 3 is not a list of actors; write [long-reader], or [] for nobody",
      "r/rehearsal.yaml:12 scenarios.rollback.from[0]: ad is not the name of a step; did you mean add?",
      "r/rehearsal.yaml:12 scenarios.rollback.from[2]: add is there twice",
      "r/rehearsal.yaml:12 scenarios.rollback.from[3]: drop is the point of no return or behind it, where there is no way back; write add or out",
      "r/rehearsal.yaml:12 scenarios.rollback.from[4]: after is the point of no return or behind it, where there is no way back; write add or out",
      "r/rehearsal.yaml:12 scenarios.busy: only rollback has a way back; write [long-reader], or [] for nobody",
    ]
  `);
  expect(await mistakesIn(yaml('[{ kind: rollback, from: [add] }]'))).toEqual([
    'r/rehearsal.yaml:12 scenarios[0].kind: unknown key; write interrupted or rollback',
    'r/rehearsal.yaml:12 scenarios[0].from: unknown key; write interrupted or rollback',
  ]);
  expect(await mistakesIn(yaml('{ rollback: eech }'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:12 scenarios.rollback: eech is not where the way back begins; did you mean each?",
    ]
  `);
  expect(await mistakesIn(yaml('{ rollback: { from: [] } }'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:12 scenarios.rollback.from: names no step",
    ]
  `);
  const first = yaml('[rollback]').replace('name: add,', 'name: add, pointOfNoReturn: true,');
  expect(await mistakesIn(first)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:10 plan[3].pointOfNoReturn: there is one before it, step 1 add; a plan has one point of no return, from which on there is no way back",
      "r/rehearsal.yaml:12 scenarios[0]: no step before the point of no return changes anything: there is nothing to go back from",
    ]
  `);
});

test('a rollback file runs as its own tool would run it, and only the part that goes down', async () => {
  const both = '-- migrate:up\ncreate table a ();\n-- migrate:down\ndrop table a;\n';
  const plan = `plan:\n  - { phase: expand, sql: sql/both.sql, rollback: sql/both.sql }\n`;
  const { plan: steps } = await readYaml(`${HEAD}${plan}`, { 'r/sql/both.sql': both });
  expect(steps[0]?.rollback).toEqual({
    file: 'sql/both.sql',
    text: '\n\n-- migrate:down\ndrop table a;\n',
    transaction: 'file',
    tool: 'dbmate',
    begun: 'anew',
  });
  const up = { 'r/sql/both.sql': '-- migrate:up\ncreate table a ();\n' };
  expect(await mistakesIn(`${HEAD}${plan}`, up)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:7 plan[0].rollback: sql/both.sql has no part that goes down, as dbmate marks it",
    ]
  `);
  const loose = { 'r/sql/undo.sql': 'begin;\nvacuum t;\ncommit;' };
  expect(await mistakesIn(yaml('[rollback]'), loose)).toMatchInlineSnapshot(`
    [
      "r/sql/undo.sql:2 vacuum t cannot run in a transaction, and BEGIN on line 1 opened one",
    ]
  `);
});
