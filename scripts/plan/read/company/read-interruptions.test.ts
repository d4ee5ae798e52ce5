import { expect, test } from 'vitest';
import type { Scenario } from '../../model.ts';
import { HEAD, mistakesIn, readYaml } from '../../read.fixture.ts';

const PLAN = `plan:
  - { phase: expand, name: add, sql: sql/1-expand.sql }
  - { phase: deploy, name: out, deploy: { to: new } }
  - { phase: backfill, name: fill, backfill: { table: t, key: id, set: x = 1, where: x is null } }
  - { phase: switch, name: tool, command: 'true' }
  - { phase: switch, name: look, verify: sql/2-verify.sql }
  - { phase: contract, name: drop, sql: sql/undo.sql, pointOfNoReturn: true }
`;
const yaml = (scenarios: string): string => `${HEAD}${PLAN}scenarios: ${scenarios}\n`;
const told = async (scenarios: string): Promise<string[]> => {
  const { scenarios: read } = await readYaml(yaml(scenarios));
  return read.map(({ name, actors, interruption }: Scenario) =>
    [name, ...actors.map((actor) => actor.name), '-', ...(interruption?.steps ?? [])].join(' '),
  );
};

test('steps are cut off in every way, in those that are told, and all of them or those that are told', async () => {
  const all = ['session', 'client', 'server'].map((how) => `interrupted (${how}) - add fill tool drop`);
  expect(await told('[quiet, interrupted]')).toEqual(['quiet -', ...all]);
  expect(await told('[{ interrupted: {} }]')).toEqual(all);
  expect(await told('[{ interrupted: { how: [client] } }]')).toEqual(['interrupted - add fill tool drop']);
  expect(await told('[{ interrupted: { how: [server], steps: [tool] } }]')).toEqual(['interrupted - tool']);
  expect(await told('[{ interrupted: { how: [session], steps: [drop] }, rollback: last }]')).toEqual([
    'interrupted - drop',
    'rollback -',
  ]);
  expect(await told('{ quiet: [], interrupted: { how: [session] } }')).toEqual([
    'quiet -',
    'interrupted - add fill tool drop',
  ]);
  expect(await told('{ interrupted: [dump] }')).toEqual([
    'interrupted (session) dump - add fill tool drop',
    'interrupted (client) dump - add fill tool drop',
    'interrupted (server) dump - add fill tool drop',
  ]);
});

test('every mistake about the interruption is told with its line', async () => {
  const list = '[{ interrupted: { steps: [ad, out, tool, look, add, add], how: [session, sesion] } }]';
  expect(await mistakesIn(yaml(list))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:13 scenarios[0].interrupted.how[1]: sesion is not a way to cut a step off; did you mean session?",
      "r/rehearsal.yaml:13 scenarios[0].interrupted.steps[0]: ad is not the name of a step; did you mean add?",
      "r/rehearsal.yaml:13 scenarios[0].interrupted.steps[1]: out is a deploy step, which changes nothing in the database; write add, fill, tool or drop",
      "r/rehearsal.yaml:13 scenarios[0].interrupted.steps[3]: look is a verify step, which changes nothing in the database; write add, fill, tool or drop",
      "r/rehearsal.yaml:13 scenarios[0].interrupted.steps[5]: add is there twice",
    ]
  `);
  expect(
    await mistakesIn(
      yaml('[interrupted, interrupted, { interupted: {} }, {}, { interrupted: { how: [] } }]'),
    ),
  ).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:13 scenarios[2].interupted: unknown key; did you mean interrupted?",
      "r/rehearsal.yaml:13 scenarios[3]: names no scenario; write quiet",
      "r/rehearsal.yaml:13 scenarios[4].interrupted.how: names no way; write [session, client, server]",
      "r/rehearsal.yaml:13 scenarios[1]: interrupted is there twice",
      "r/rehearsal.yaml:13 scenarios[4]: interrupted is there twice",
    ]
  `);
  expect(
    await mistakesIn(
      yaml(
        '{ interrupted: { stps: [add], how: client, steps: [] }, busy: { how: [client] }, rollback: { how: [client] } }',
      ),
    ),
  ).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:13 scenarios.interrupted.steps: names no step",
      "r/rehearsal.yaml:13 scenarios.interrupted.how: client is not a list; write [session, client, server]",
      "r/rehearsal.yaml:13 scenarios.interrupted.stps: unknown key; did you mean steps?",
      "r/rehearsal.yaml:13 scenarios.busy: only interrupted has steps that are cut off; write [long-reader], or [] for nobody",
      "r/rehearsal.yaml:13 scenarios.rollback.how: not a key of rollback; write from or verify",
    ]
  `);
  expect(await mistakesIn(yaml('{ interrupted: { from: [add] } }'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:13 scenarios.interrupted.from: not a key of interrupted; write steps or how",
    ]
  `);
  expect(await mistakesIn(yaml('{ interrupted: { how: [client, client] } }'))).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:13 scenarios.interrupted.how[1]: client is there twice",
    ]
  `);
  const off = `postgres: { settings: { restart_after_crash: off } }\n`;
  expect(await mistakesIn(`${off}${yaml('[interrupted]')}`)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:1 postgres.settings.restart_after_crash: a server that is crashed on purpose would stay away; leave it out, or write how: [session, client] below interrupted",
    ]
  `);
  expect(await mistakesIn(`${off}${yaml('[{ interrupted: { how: [client] } }]')}`)).toEqual([]);
  const nothing = `${HEAD}plan:\n  - { phase: deploy, name: out, deploy: { to: new } }\nscenarios: [interrupted]\n`;
  expect(await mistakesIn(nothing)).toMatchInlineSnapshot(`
    [
      "r/rehearsal.yaml:8 scenarios[0]: no step of the plan changes the database: there is nothing to cut off",
    ]
  `);
});
