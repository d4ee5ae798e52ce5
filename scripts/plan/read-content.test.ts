import { expect, test } from 'vitest';
import { HEAD, mistakesIn } from './read.fixture.ts';

const STEP = 'plan:\n  - { phase: expand, sql: sql/1-expand.sql }\n';

test('a parameter that nobody gives is told with its line, and not where PREPARE or a function has it', async () => {
  const sql = [
    'select 1;',
    'update t set x = $1 where id = $2;',
    'prepare p as select $1::int;',
    'create function f(int) returns int language sql return $1;',
    "select '$1', $$ $1 $$;",
  ].join('\n');
  expect(await mistakesIn(HEAD + STEP, { 'r/sql/1-expand.sql': sql })).toEqual([
    'r/sql/1-expand.sql:2 has a parameter ($1), and nobody gives its value: write the value itself, or PREPARE and EXECUTE',
  ]);
});

test.each([
  ['rate: 5/s', 'rate: unknown key; did you mean load.rate?'],
  ['retries: 3', 'retries: unknown key; did you mean retries of a step?'],
  ['takenAt: 2026-01-01', 'takenAt: unknown key; did you mean snapshot.takenAt?'],
])('a key at the wrong level is told where it belongs: %s', async (line, message) => {
  expect(await mistakesIn(`${line}\n${HEAD}${STEP}`)).toEqual([`r/rehearsal.yaml:1 ${message}`]);
});

test('a key of the top in a map is sent back there', async () => {
  const yaml = HEAD.replace('load: {', 'load: { budgets: { errors: 0 },') + STEP;
  expect(await mistakesIn(yaml)).toEqual([
    'r/rehearsal.yaml:4 load.budgets: unknown key; budgets stands at the top, not in load',
  ]);
});
