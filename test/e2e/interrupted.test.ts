import { afterEach, describe, expect, it } from 'vitest';
import { resultSchema, type Finding, type Result } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  await tiny?.remove();
});

interface Played {
  readonly plan: string;
  readonly files: Readonly<Record<string, string>>;
  readonly scenarios: string;
}

async function run({
  plan,
  files,
  scenarios,
}: Played): Promise<{ code: unknown; stderr: string; result: Result }> {
  tiny = await tinyRehearsal(`${plan}\nscenarios: ${scenarios}`, files);
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  if (stdout === '') throw new Error(stderr);
  return { code, stderr, result: resultSchema.parse(JSON.parse(stdout)) };
}

/** A busy machine makes a run inconclusive, and says nothing about its plan. */
const failed = ({ findings }: Result): Finding[] => findings.filter(({ status }) => status === 'fail');

const told = ({ findings }: Result): unknown[] =>
  findings
    .filter(({ check }) => check === 'repeatable')
    .map(({ status, step, sqlstate, insteadSql }) => [status, step, sqlstate, insteadSql]);

describe('a plan whose steps are cut off', () => {
  const plan = `
  - { phase: expand, name: add, sql: sql/add.sql }
  - { phase: expand, name: index, sql: sql/index.sql }`;

  it('is told which steps cannot be run again, what they left and what to write, beside the quiet playing', async () => {
    const { code, result, stderr } = await run({
      plan,
      files: {
        'sql/add.sql': 'alter table customers add column full_name text;',
        'sql/index.sql': 'create index concurrently customers_by_name on customers (name);',
      },
      scenarios: '[quiet, { interrupted: { how: [session, client] } }]',
    });
    expect(code).toBe(4);
    expect(result.playings?.scenarios.map(({ name, verdict }) => [name, verdict === 'fail'])).toEqual([
      ['quiet', false],
      ['interrupted (session)', true],
      ['interrupted (client)', true],
    ]);
    expect(result.interruptions).toMatchObject([
      { step: 'add', how: 'session', moment: 'open', secondTry: 'ok', leftovers: [] },
      { step: 'add', how: 'client', secondTry: '42701', leftovers: [] },
      {
        step: 'index',
        how: 'session',
        moment: 'running',
        secondTry: '42P07',
        leftovers: [
          {
            kind: 'index',
            name: 'public.customers_by_name',
            remedy: 'drop index concurrently public.customers_by_name;',
          },
        ],
      },
      { step: 'index', how: 'client', secondTry: '42P07', leftovers: [] },
    ]);
    expect(told(result)).toEqual([
      [
        'fail',
        'index',
        '42P07',
        'drop index concurrently if exists public.customers_by_name;\ncreate index concurrently customers_by_name on customers (name);',
      ],
      ['fail', 'add', '42701', 'alter table customers add column if not exists full_name text;'],
    ]);
    // The steps go on by hand, so that those behind them are rehearsed.
    expect(failed(result).filter(({ check }) => check !== 'repeatable')).toEqual([]);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      '4 times a step was cut off in its middle and run again: 3 of the second tries failed.',
    );
  });

  it('passes where every statement can be run again', async () => {
    const { result, code } = await run({
      plan,
      files: {
        'sql/add.sql': 'alter table customers add column if not exists full_name text;',
        'sql/index.sql':
          'drop index concurrently if exists customers_by_name;\ncreate index concurrently customers_by_name on customers (name);',
      },
      scenarios: '[{ interrupted: { how: [session, client] } }]',
    });
    expect(failed(result)).toEqual([]);
    expect(code).toBe(result.verdict === 'pass' ? 0 : 5);
    expect(result.interruptions?.map(({ step, how, secondTry }) => [step, how, secondTry])).toEqual([
      ['add', 'session', 'ok'],
      ['add', 'client', 'ok'],
      ['index', 'session', 'ok'],
      ['index', 'client', 'ok'],
    ]);
  });
});

describe('a backfill that is cut off three times', () => {
  it('does each row once where its condition tells what is done, and is told those that it does twice where nothing does', async () => {
    const { result, code } = await run({
      plan: `
  - { phase: expand, name: add, sql: sql/add.sql }
  - { phase: backfill, name: fill, backfill: { table: customers, key: id, batchTarget: 5ms, set: full_name = name, where: full_name is null } }
  - { phase: backfill, name: count, backfill: { table: customers, key: id, batchTarget: 5ms, set: visits = visits + 1 } }`,
      files: {
        'sql/add.sql':
          'alter table customers add column full_name text, add column visits int not null default 0;',
        'workload/old/write.sql': 'select count(*) from (select name from customers limit 1) c;',
      },
      scenarios: '[{ interrupted: { steps: [fill, count], how: [session, client] } }]',
    });
    expect(code).toBe(4);
    const once = { secondTry: 'ok', cuts: 3, rowsTwice: 0, rowsLeftOut: 0, leftovers: [] };
    expect(result.interruptions).toMatchObject([
      { step: 'fill', how: 'session', ...once },
      { step: 'fill', how: 'client', ...once },
      { step: 'count', how: 'session', ...once },
      { step: 'count', how: 'client', ...once, rowsTwice: expect.any(Number) as number },
    ]);
    // Every row counts once, and those that a killed program did a second time once more.
    const twice = result.interruptions?.at(-1)?.rowsTwice ?? 0;
    expect(twice).toBeGreaterThan(0);
    const [finding, ...others] = failed(result);
    expect(others).toEqual([]);
    expect(finding?.message).toBe(
      `Step 3 count was cut off 3 times (its client was gone), and ${twice.toLocaleString('en-US')} rows of customers were changed twice. Its set reads what it sets, so that they are not what they would be without the cut.`,
    );
  });
});
