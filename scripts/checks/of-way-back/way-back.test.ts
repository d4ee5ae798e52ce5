import { describe, expect, test } from 'vitest';
import type { PlannedStep, RollbackRecord } from '../../artifacts/records/records.ts';
import type { CatalogDifference, LostValues } from '../../artifacts/records/of-plan/rollback-records.ts';
import { analyse } from '../analysis/analyse.ts';
import {
  deployStep,
  evidence,
  plannedStep,
  runRecord,
  stepError,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { judgeEvidence } from '../judge.ts';
import type { Finding, Result } from '../result/contract/result.ts';
import { pointOfNoReturn } from './point-of-no-return.ts';
import { schemaRestored } from './schema-restored.ts';

const COLUMN = { kind: 'column', name: 'full_name', relation: 'public.customers' };
const INDEX = { kind: 'index', name: 'public.by_name', relation: 'public.customers' };
const leftOver = (object: typeof COLUMN, mark = 'x'): CatalogDifference => ({
  ...object,
  how: 'left-over',
  what: [],
  mark,
});

const WRITTEN = [
  plannedStep('add', { hasRollback: true }),
  plannedStep('index', { hasRollback: true }),
  deployStep('out', 'new'),
  plannedStep('drop', { pointOfNoReturn: true }),
];
const back = (of: string, rest: Partial<PlannedStep> = {}): PlannedStep =>
  plannedStep(`undo ${of}`, { way: { kind: 'back', of }, ...rest });
const WAY = [
  back('out', { kind: 'deploy', files: [], deploy: { to: 'old', strategy: 'rolling', overMs: 0 } }),
  back('index'),
  back('add'),
  plannedStep('soak', { kind: 'soak', files: [], way: { kind: 'soak', of: null } }),
  plannedStep('add again', { way: { kind: 'again', of: 'add' } }),
];

/** The catalog beside the one before the plan, after the steps named. */
type Looks = Readonly<Record<string, readonly CatalogDifference[]>>;

const WHOLE: Looks = {
  start: [],
  add: [leftOver(COLUMN)],
  index: [leftOver(COLUMN), leftOver(INDEX)],
  out: [leftOver(COLUMN), leftOver(INDEX)],
  'undo out': [leftOver(COLUMN), leftOver(INDEX)],
  'undo index': [leftOver(COLUMN)],
  'undo add': [],
  soak: [],
  'add again': [leftOver(COLUMN)],
};

interface Played {
  readonly written?: readonly PlannedStep[];
  readonly looks?: Looks;
  readonly failed?: string;
  readonly lost?: readonly LostValues[];
  readonly parts?: Partial<Evidence>;
}

function played({ written = WRITTEN, looks = WHOLE, failed, lost = [], parts = {} }: Played = {}): Evidence {
  const plan = [...written.slice(0, 3), ...WAY];
  const end = plan.findIndex(({ name }) => name === failed);
  const ran = end === -1 ? plan : plan.slice(0, end + 1);
  const rollback: RollbackRecord[] = Object.entries(looks)
    .filter(([after]) => after === 'start' || ran.some(({ name }) => name === after))
    .map(([after, differences]) => ({ type: 'catalog', after, tMs: 0, objects: 9, differences }));
  const error = stepError('2BP01', 'cannot drop column full_name');
  return evidence({
    run: runRecord({ plan, outcome: failed === undefined ? 'completed' : 'step-failed' }),
    writtenPlan: written,
    steps: ran.flatMap(({ name }, at) =>
      stepWindow(name, 1000 * at, 1000 * at + 500, name === failed ? { status: 'failed', error } : {}),
    ),
    rollback: [
      ...rollback,
      { type: 'values', step: 'undo index', tMs: 0, lost: [] },
      { type: 'values', step: 'undo add', tMs: 0, lost },
    ],
    ...parts,
  });
}

function found(check: 'schemaRestored' | 'pointOfNoReturn' | 'steps' | 'valuesKept', of: Played): string[] {
  const result = judgeEvidence(played(of));
  return result.findings
    .filter((finding: Finding) => finding.check === check)
    .map(({ status, step, message }) => `${status} ${step ?? ''}: ${message}`);
}
const wayBackIn = (of: Played): NonNullable<Result['wayBack']>[number] | undefined =>
  judgeEvidence(played(of)).wayBack?.[0];

describe('a way back that takes back everything', () => {
  test('is possible, with what it took, and the way forward is open again', () => {
    expect(wayBackIn({})).toEqual({
      from: 'out',
      possible: true,
      reason: null,
      durationMs: 2500,
      switchBackMs: 500,
      longestStopMs: 0,
      requestsFailed: 0,
      schemaSame: true,
      schemaDifferences: [],
      valuesLost: [],
      forwardAgain: true,
    });
    const checks = [schemaRestored, pointOfNoReturn].map(
      (check) => check.run(analyse(played()), {}).findings,
    );
    expect(checks).toEqual([[], []]);
    expect(judgeEvidence(played()).pointOfNoReturn).toEqual({ declared: 'drop', found: null });
  });

  test('says nothing of a playing that goes to its end', () => {
    expect(judgeEvidence(evidence())).not.toHaveProperty('wayBack');
    expect(schemaRestored.applies?.(runRecord())).toBe(false);
  });
});

describe('a way back that leaves something', () => {
  const forgets: Played = {
    looks: {
      ...WHOLE,
      'undo index': WHOLE['index'] ?? [],
      'undo add': [leftOver(INDEX)],
      soak: [leftOver(INDEX)],
    },
  };

  test('fails with its name, and with the step that truly is the point of no return', () => {
    expect(found('schemaRestored', forgets)).toEqual([
      'fail undo index: After the way back the schema is not what it was before step 2 index: index by_name on customers is left over.',
    ]);
    expect(found('pointOfNoReturn', forgets)).toEqual([
      'fail index: The point of no return is step 2 index: behind it the release cannot be taken back whole, and the plan declares it at step 4 drop.',
    ]);
    expect(wayBackIn(forgets)).toMatchObject({
      possible: false,
      schemaSame: false,
      reason: 'the schema is not what it was: index by_name on customers is left over',
      schemaDifferences: [{ ...INDEX, how: 'left-over', what: [], step: 'index' }],
    });
  });

  test('is told until where it is open where a rollback file is missing, and fails nothing', () => {
    const written = WRITTEN.map((step) => (step.name === 'index' ? { ...step, hasRollback: false } : step));
    expect(found('schemaRestored', { ...forgets, written })).toEqual([
      'warn index: Step 2 index changes the schema and has no rollback file, so that the way back is open until step 1: index by_name on customers is left over.',
    ]);
    expect(found('pointOfNoReturn', { ...forgets, written })).toEqual([]);
    expect(judgeEvidence(played({ ...forgets, written })).pointOfNoReturn).toEqual({
      declared: 'drop',
      found: 'index',
    });
  });

  test('blames the undoing where the object came with it', () => {
    const other = { ...COLUMN, how: 'changed', what: ['type text, was integer'], mark: 'y' } as const;
    const looks = { ...WHOLE, 'undo add': [other], soak: [other] };
    expect(found('schemaRestored', { looks })).toEqual([
      'fail undo add: After the way back the schema is not what it was before step 1 add: column customers.full_name is not as before (type text, was integer).',
    ]);
  });
});

describe('a way back that loses what was written', () => {
  const name = { table: 'public.customers', column: 'full_name', isAtLeast: false };
  const lost = [
    { ...name, count: 312, since: 'out' },
    { ...name, column: 'other', count: 0, since: 'out' },
  ];

  test('fails with table, column and number, and is closed since the deploy', () => {
    expect(found('valuesKept', { lost })).toEqual([
      'fail undo add: Step 6 undo add drops customers.full_name with 312 values that the app wrote since new went out in step 3 out, and that are nowhere else.',
    ]);
    expect(wayBackIn({ lost })).toMatchObject({
      possible: false,
      reason: '312 values of public.customers.full_name are lost'.replace('public.', ''),
      valuesLost: [{ table: 'public.customers', column: 'full_name', count: 312, since: 'out' }],
    });
    expect(judgeEvidence(played({ lost })).pointOfNoReturn).toEqual({ declared: 'drop', found: 'out' });
  });

  test('tells rows of a table, a number that is not whole, and a column that came back empty', () => {
    const others = [
      { table: 'public.notes', column: '*', count: 1, since: 'out', isAtLeast: true },
      { ...name, column: 'name', count: 5000, since: 'index' },
    ];
    expect(found('valuesKept', { lost: others })).toEqual([
      'fail undo add: Step 6 undo add drops notes with at least 1 row that the app wrote since new went out in step 3 out, and that are nowhere else.',
      'fail undo add: Step 2 index drops customers.name with 5,000 values, and step 6 undo add brings it back without them.',
    ]);
  });

  test('is not known where nobody counted', () => {
    const rollback: RollbackRecord[] = [
      { type: 'catalog', after: 'undo add', tMs: 0, objects: 1, differences: [] },
    ];
    expect(found('valuesKept', { parts: { rollback } })).toEqual([
      'inconclusive : Whether the way back loses what the new version wrote is not known: it was not counted.',
    ]);
  });
});

describe('a rollback file that fails half-way', () => {
  test('is named with what is half undone by then, and nothing is said of the schema', () => {
    const looks = { ...WHOLE, add: [leftOver(COLUMN), leftOver(INDEX, 'i')] };
    const before = {
      ...looks,
      'undo index': [leftOver(COLUMN), leftOver(INDEX, 'i')],
      'undo add': [leftOver(COLUMN)],
    };
    expect(found('steps', { looks: before, failed: 'undo add' })).toEqual([
      'fail undo add: Step 6 undo add failed (sql/alter.sql line 1): 2BP01 cannot drop column full_name. Now it is half undone: index by_name on customers taken back; column customers.full_name not yet.',
    ]);
    expect(found('schemaRestored', { looks: before, failed: 'undo add' })).toEqual([]);
    expect(wayBackIn({ looks: before, failed: 'undo add' })).toMatchObject({
      possible: false,
      reason:
        'step 6 undo add failed at sql/alter.sql line 1: 2BP01 cannot drop column full_name; now it is half undone: index by_name on customers taken back; column customers.full_name not yet',
      schemaSame: null,
      forwardAgain: null,
    });
    expect(judgeEvidence(played({ looks: before, failed: 'undo add' })).pointOfNoReturn?.found).toBe('add');
  });
});

test('a plan that does not come so far has no way back to judge', () => {
  expect(wayBackIn({ failed: 'index' })).toMatchObject({
    possible: null,
    reason: 'the plan did not come to the end of step 3 out',
    schemaSame: null,
  });
  expect(found('pointOfNoReturn', { failed: 'index' })).toEqual([]);
});

test('a version that no longer works after the way back closes it at the step that broke it', () => {
  const run = runRecord({ plan: [...WRITTEN.slice(0, 3), ...WAY] });
  const compatibility = ['start', ...run.plan.map(({ name }) => name)].map((after) => ({
    after,
    version: 'old',
    script: 'read',
    message: null,
    ...(['start', 'add'].includes(after) ? { ok: true, sqlstate: null } : { ok: false, sqlstate: '42703' }),
  }));
  const parts = { compatibility };
  expect(wayBackIn({ parts })).toMatchObject({
    possible: false,
    reason: 'old does not work any more: read fails with 42703',
  });
  expect(judgeEvidence(played({ parts })).pointOfNoReturn?.found).toBe('index');
});

test('without the record of the catalog nobody says that it is the same', () => {
  const result = judgeEvidence(played({ parts: { rollback: undefined } }));
  expect(result.checks.find(({ id }) => id === 'schemaRestored')?.status).toBe('inconclusive');
  expect(result.wayBack?.[0]).toMatchObject({ possible: null, schemaSame: null });
});
