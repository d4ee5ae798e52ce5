import { beforeAll, describe, expect, test } from 'vitest';
import type { DependencyChange, ScriptPlan } from '../../artifacts/records/of-plan/dependency-records.ts';
import type { RequestRow } from '../../artifacts/records/records.ts';
import type { SchemaRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import { loadAdvice } from '../advice.ts';
import {
  evidence,
  plannedStep,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Finding } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const SCRIPTS = ['open', 'remove'];

/** Requests of both scripts every 20 ms: `open` takes 1 ms, `remove` what `removeMs` says at its moment. */
function traffic(removeMs: (tMs: number) => number, openMs: (tMs: number) => number = () => 1): RequestRow[] {
  const rows: RequestRow[] = [];
  for (let tMs = 3000; tMs < 9500; tMs += 20)
    for (const [script, ms] of [openMs(tMs), removeMs(tMs)].entries())
      rows.push([tMs, tMs, tMs, tMs + ms, 0, script, 0, 1000 + script]);
  return rows;
}

const PLAN: ScriptPlan = {
  version: 'old',
  script: 'remove',
  statement: 1,
  line: 2,
  text: 'Delete on folders > Index Scan using folders_pkey on folders',
  relations: ['public.folders'],
  indexes: ['folders_pkey'],
  names: ['id'],
  writes: [{ relation: 'public.folders', operation: 'delete' }],
};
const KEY: Extract<DependencyChange, { kind: 'key-unindexed' }> = {
  kind: 'key-unindexed',
  key: {
    name: 'pages_folder',
    table: 'public.pages',
    columns: ['folder_id'],
    refersTo: 'public.folders',
    referred: ['id'],
  },
};

const STEPS = [
  ...stepWindow('link', 5000, 5050),
  statementRecord({ step: 'link', sql: 'alter table pages add foreign key …', sentMs: 5001 }),
  ...stepWindow('prove', 5060, 5400),
  ...stepWindow('watch', 5400, 9000),
];
const PLANNED = [
  plannedStep('link'),
  plannedStep('prove'),
  plannedStep('watch', { kind: 'soak', files: [] }),
];

function found(rows: RequestRow[], schema: SchemaRecord[], p99Ms?: number, steps = STEPS): Finding[] {
  const load = { ...runRecord().load, versions: [{ name: 'old', scripts: SCRIPTS.map(scriptNamed) }] };
  const { findings } = judgeEvidence(
    evidence({
      run: runRecord({ load, plan: PLANNED, budgets: p99Ms === undefined ? {} : { p99Ms } }),
      requests: requestTable(rows, ['old'], [SCRIPTS]),
      steps,
      schema,
      load: [
        { type: 'baseline', fromMs: 3000, toMs: 4900 },
        { type: 'stopped', tMs: 9500, unfinished: 0 },
      ],
    }),
  );
  return findings.filter(({ check }) => ['scriptLatency', 'p99', 'unexplained'].includes(check));
}

function scriptNamed(name: string): { name: string; weight: number } {
  return { name, weight: 1 };
}

function changed(step: string, ...changes: DependencyChange[]): SchemaRecord[] {
  return [
    { type: 'script-plans', step: null, tMs: 0, plans: [PLAN] },
    { type: 'dependencies', step, tMs: 1, changes },
  ];
}

const slowFrom =
  (fromMs: number, ms: number) =>
  (tMs: number): number =>
    tMs < fromMs ? 1 : ms;

describe('a script that stays slow behind a step', () => {
  test('is blamed on the step that did something to what it leans on, not on a later one or a soak', () => {
    const [finding, ...others] = found(traffic(slowFrom(5050, 18)), changed('link', KEY));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      check: 'scriptLatency',
      status: 'warn',
      step: 'link',
      statement: 1,
      measured: 18,
      message:
        'From step 1 link on remove of old took 18 ms in the middle and 18 ms at p99 of 205 requests, before it 1.0 ms and 1.0 ms. ' +
        'Since then pages refers to folders by pages_folder, and no index leads with folder_id: each row that is deleted from folders is looked for in all of pages.',
      insteadSql: 'create index concurrently on pages (folder_id);\nalter table pages add foreign key …;',
    });
  });

  test('breaks the budget for p99 once, in the words of its cause', () => {
    const findings = found(traffic(slowFrom(5050, 60)), changed('link', KEY), 30);
    expect(findings.map(({ check, status, step }) => [check, status, step])).toEqual([
      ['p99', 'fail', 'link'],
    ]);
    expect(findings[0]?.message).toContain("After step 1 link the app's p99 was 60 ms");
    expect(findings[0]?.message).toContain('no index leads with folder_id');
  });

  test('shows its plans where they changed', () => {
    const after = { ...PLAN, text: 'Delete on folders > Seq Scan on folders', indexes: [] };
    const gone: DependencyChange = {
      kind: 'index-gone',
      index: {
        name: 'folders_pkey',
        table: 'public.folders',
        columns: ['id'],
        isUnique: true,
        isPartial: false,
      },
    };
    const schema: SchemaRecord[] = [
      ...changed('prove', gone),
      { type: 'script-plans', step: 'prove', tMs: 1, plans: [after] },
    ];
    expect(found(traffic(slowFrom(5400, 25)), schema).map(({ step, message }) => [step, message])).toEqual([
      ['prove', expect.stringContaining(`Its plan was ${PLAN.text}; behind the step it is ${after.text}.`)],
    ]);
  });

  test('is told without a cause only where chance cannot explain it', () => {
    expect(found(traffic(slowFrom(5400, 25)), []).map(({ check, step }) => [check, step])).toEqual([
      ['unexplained', 'prove'],
      ['scriptLatency', 'prove'],
    ]);
    expect(found(traffic(slowFrom(5400, 9)), [])).toEqual([]);
  });
});

describe('no script is called slow', () => {
  test.each<[string, RequestRow[], SchemaRecord[]]>([
    ['where all became slower alike', traffic(slowFrom(5400, 9), slowFrom(5400, 9)), []],
    ['for a few milliseconds', traffic(slowFrom(5400, 5)), changed('link', KEY)],
    ['for one slow moment', traffic((tMs) => (tMs > 5400 && tMs < 5800 ? 40 : 1)), changed('link', KEY)],
    [
      'for a change that it does not lean on',
      traffic(slowFrom(5400, 9)),
      changed('link', { ...KEY, key: { ...KEY.key, refersTo: 'public.others' } }),
    ],
  ])('%s', (_, rows, schema) => {
    expect(found(rows, schema).filter(({ check }) => check === 'scriptLatency')).toEqual([]);
  });
});

test('statistics that are missing between a change of a type and its ANALYZE are to blame for what was planned meanwhile', () => {
  const alter = 'alter table folders alter column id type bigint';
  const steps = [
    ...stepWindow('link', 5000, 5400),
    statementRecord({ step: 'link', sql: alter, sentMs: 5000, respondedMs: 5010 }),
    statementRecord({ step: 'link', index: 2, sql: 'analyze folders (id)', sentMs: 5015, respondedMs: 5390 }),
    ...stepWindow('watch', 5400, 9000),
  ];
  const rows = traffic(slowFrom(5010, 40));
  const [finding] = found(rows, changed('none'), undefined, steps);
  expect(finding).toMatchObject({
    check: 'scriptLatency',
    step: 'link',
    statement: 1,
    message: expect.stringContaining('nothing was known of folders.id') as unknown,
    insteadSql: `begin;\n${alter};\nanalyze folders (id);\ncommit;`,
  });
  const together = steps.map((event) =>
    event.type === 'statement' ? { ...event, releasedMs: 5395 } : event,
  );
  expect(
    found(rows, changed('none'), undefined, together).filter(({ message }) =>
      message.includes('nothing was known'),
    ),
  ).toEqual([]);
});
