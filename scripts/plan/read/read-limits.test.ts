import { expect, test } from 'vitest';
import { HEAD, mistakesIn } from '../read.fixture.ts';

const STEP = '{ phase: expand, soak: 1s }';

/** The YAML with one key of a step, a load, budgets or hosts set, and the place where that stands. */
const PLACES: Record<string, (value: string) => string> = {
  lockTimeout: (value) => plan(`{ phase: expand, soak: 1s, lockTimeout: ${value} }`),
  statementTimeout: (value) => plan(`{ phase: expand, soak: 1s, statementTimeout: ${value} }`),
  retryPause: (value) => plan(`{ phase: expand, soak: 1s, retryPause: ${value} }`),
  timeout: (value) => plan(`{ phase: expand, command: x, timeout: ${value} }`),
  soak: (value) => plan(`{ phase: expand, soak: ${value} }`),
  over: (value) => plan(`{ phase: deploy, deploy: { to: new, over: ${value} } }`),
  batchTarget: (value) =>
    plan(`{ phase: backfill, backfill: { table: t, key: id, set: x = 1, batchTarget: ${value} } }`),
  warmup: (value) => load(`warmup: ${value}`),
  cooldown: (value) => load(`cooldown: ${value}`),
  rate: (value) => plan(STEP).replace('400/s', value),
  seed: (value) => load(`seed: ${value}`),
  connections: (value) => load(`connections: ${value}`),
  p99: (value) => budget(`p99: ${value}`),
  lockWait: (value) => budget(`lockWait: ${value}`),
  blockedSeconds: (value) => budget(`blockedSeconds: ${value}`),
  backfillRate: (value) => budget(`backfillRate: ${value}`),
  errors: (value) => budget(`errors: ${value}`),
  memory: (value) => host(`memory: ${value}`),
  disk: (value) => host(`disk: ${value}`),
  cpu: (value) => host(`cpu: ${value}`),
  linkRate: (value) => host(`link: { rate: ${value} }`),
  delay: (value) => host(`link: { delay: ${value} }`),
};

function plan(step: string): string {
  return `${HEAD}plan:\n  - ${step}\n`;
}
function load(key: string): string {
  return plan(STEP).replace('400/s,', `400/s, ${key},`);
}
function budget(key: string): string {
  return plan(STEP).replace('errors: 3', key);
}
function host(key: string): string {
  return `${plan(STEP)}hosts: { driver: { ${key} } }\n`;
}

const NINES = '9'.repeat(400);

test.each([
  ...['lockTimeout', 'statementTimeout', 'retryPause', 'soak', 'over', 'warmup', 'cooldown'].flatMap((key) =>
    ['400us', '0.9ms', '0.000001us', '25d', '30d', '600h1m', `${NINES}s`].map((value) => [
      key,
      value,
      'a duration from 1ms to 24d, or 0s',
    ]),
  ),
  ...['timeout', 'batchTarget'].flatMap((key) =>
    ['999us', '30d', `${NINES}d`].map((value) => [key, value, 'a duration above zero from 1ms to 24d']),
  ),
  ...['p99', 'lockWait'].flatMap((key) =>
    ['0.1us', '25d'].map((value) => [key, value, 'a duration from 1us to 24d, or 0s']),
  ),
  ...['rate', 'backfillRate'].flatMap((key) =>
    ['0.9/h', '0.0000001/s', '1000001/s', `${NINES}/s`].map((value) => [key, value, 'from 1/h to 1000000/s']),
  ),
  ['seed', '9007199254740993', 'from 0 to 9007199254740991'],
  ['errors', NINES, 'from 0 to 9007199254740991'],
  ['connections', '10001', 'from 1 to 10000'],
  ['blockedSeconds', NINES, 'from 0 to 1000000000'],
  ['memory', '1kB', 'a size from 1MB to 1024TB'],
  ['memory', `${NINES}TB`, 'a size from 1MB to 1024TB'],
  ['disk', '0.4B/s', 'a throughput from 1kB/s to 1TB/s'],
  ['cpu', '0.01', 'from 0.1 to 1024'],
  ['linkRate', '0.0001kbit', 'from 1kbit to 1000gbit'],
  ['delay', '0.1us', 'from 1us to 10s'],
  ['delay', '11s', 'from 1us to 10s'],
])('%s: %s is refused with its limits', async (key, value, limits) => {
  const mistakes = await mistakesIn(PLACES[key]?.(value) ?? '');
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatch(/^r\/rehearsal\.yaml:\d+ .* is not /);
  expect(mistakes[0]).toContain(limits);
});

test.each([
  ...['lockTimeout', 'soak', 'over', 'warmup', 'cooldown'].flatMap((key) =>
    ['0s', '0ms', '1ms', '1.5ms', '24d', '23h59m'].map((value) => [key, value]),
  ),
  ...['1ms', '24d'].map((value) => ['timeout', value]),
  ...['0s', '1us', '500us', '24d'].map((value) => ['p99', value]),
  ...['1/h', '1000000/s', '0.5/min'].map((value) => ['rate', value]),
  ['memory', '1MB'],
  ['cpu', '0.1'],
  ['delay', '0ms'],
])('%s: %s is within them', async (key, value) => {
  expect(await mistakesIn(PLACES[key]?.(value) ?? '')).toEqual([]);
});

test.each([
  ['{ phase: expand, command: "a\\0b" }', 'plan[0].command'],
  ['{ phase: expand, soak: 1s, name: "a\\0b" }', 'plan[0].name'],
  ['{ phase: expand, sql: "sql/\\0.sql" }', 'plan[0].sql'],
  ['{ phase: expand, "so\\0ak": 1s, soak: 1s }', 'plan[0].so\0ak'],
  ['{ phase: expand, soak: 1s, rollback: "sql/\\0.sql" }', 'plan[0].rollback'],
  ['{ phase: backfill, backfill: { table: t, key: id, set: "x = \'\\0\'" } }', 'plan[0].backfill.set'],
])('a NUL character in %s is refused', async (step, key) => {
  expect((await mistakesIn(plan(step)))[0]).toBe(`r/rehearsal.yaml:7 ${key}: holds a NUL character`);
});

test('a command that no kernel takes is refused', async () => {
  const long = plan(`{ phase: expand, command: "${'x'.repeat(100_001)}" }`);
  expect(await mistakesIn(long)).toEqual([
    'r/rehearsal.yaml:7 plan[0].command: is longer than 100 kB; put it into a script, and call that',
  ]);
});

test('a NUL character in a value of .env is told where it is used', async () => {
  const yaml = plan('{ phase: expand, command: "echo ${X}" }');
  expect(await mistakesIn(yaml, { 'r/.env': 'X=a\0b' })).toEqual([
    'r/rehearsal.yaml:7 plan[0].command: the value of ${X} holds a NUL character',
  ]);
});
